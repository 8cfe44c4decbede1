/** Client id and secret of an Authorization header. RFC 6749 2.3.1: both halves are form-encoded before the base64. */
export function readBasic(header: string | undefined): { id: string; secret: string } | null {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':');
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  return { id: decode(id), secret: decode(secret) };
}
