export async function get(url: string): Promise<void> {
  await answered(await fetch(url));
}

export async function post(url: string, body: unknown): Promise<void> {
  await answered(await fetch(url, { method: "POST", body: JSON.stringify(body) }));
}

async function answered(response: Response): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
}
