import { mix, pick } from '../random.ts';
import type { Place } from './correspondents.ts';
import { sentences, subjects, topics } from './words.ts';

/** Subject of a generated message; one in two hundred has none. */
export function generatedSubject(
  mailbox: { readonly seed: number },
  message: Place,
  reply = 'RE',
): string | null {
  const hash = mix(mailbox.seed, mix(message.thread, 77));
  if (hash % 200 === 0) return null;
  const base = `${pick(topics, hash)}: ${pick(subjects, hash >>> 8)} (${message.thread})`;
  return message.position === 0 ? base : `${reply}: ${base}`;
}

/** Plain text of a generated message, about 1 to 4 kB, as long as `atLeast` asks when that is less. */
export function generatedText(
  record: { readonly seed: number },
  atLeast = Number.POSITIVE_INFINITY,
): string {
  const wanted = Math.min(atLeast, 900 + (mix(record.seed, 5) % 3200));
  let text = 'Hello,\r\n\r\n';
  for (let i = 0; text.length < wanted; i += 1) {
    const hash = mix(record.seed, 100 + i);
    text += pick(sentences, hash);
    text += hash % 5 === 0 ? '\r\n\r\n' : ' ';
  }
  return `${text.trimEnd()}\r\n\r\nBest regards\r\n`;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as the HTML body that Exchange makes of it. */
export function textToHtml(text: string): string {
  const escaped = text.replaceAll(/[&<>"]/g, (sign) => escapes[sign] ?? sign);
  const paragraphs = escaped
    .split(/(?:\r?\n){2,}/)
    .map(
      (paragraph) =>
        `<p class="MsoNormal" style="margin:0 0 12pt 0">${paragraph.trim().replaceAll(/\r?\n/g, '<br>')}</p>`,
    );
  return `<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body><div class="WordSection1">\r\n${paragraphs.join('\r\n')}\r\n</div></body></html>`;
}

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&nbsp;': ' ',
};

/** HTML as text, as far as hand-made bodies need it. */
export function htmlToText(html: string): string {
  return html
    .replaceAll(/<(script|style|head)[\s\S]*?<\/\1>/gi, '')
    .replaceAll(/<br\s*\/?>/gi, '\r\n')
    .replaceAll(/<\/(p|div|li|tr|h\d)>/gi, '\r\n\r\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(amp|lt|gt|quot|nbsp);/g, (entity) => entities[entity] ?? entity)
    .trim();
}
