/** Deeper than any provider's answer; JSON.parse itself takes 500,000 levels and the next step overflows. */
const deepest = 100;

/**
 * Parses a provider's answer. Besides broken JSON it refuses what JSON.parse would quietly accept or
 * choke on later: a byte order mark, a name twice in one object (the second would win), and more
 * than 100 levels.
 * @throws SyntaxError that says what is wrong without quoting the text
 */
export function parseStrictJson(text: string): unknown {
  if (text.startsWith('\uFEFF')) throw new SyntaxError('it starts with a byte order mark');
  checkNames(text);
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the text, which may be private mail.
    throw new SyntaxError('it is not complete JSON');
  }
}

/** One pass over the structure; strings are skipped by search, so that large bodies cost little. */
function checkNames(text: string): void {
  const open: (Set<string> | null)[] = [];
  let expectName = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
      case '[': {
        open.push(text[at] === '{' ? new Set() : null);
        expectName = text[at] === '{';
        if (open.length > deepest) throw new SyntaxError(`it nests deeper than ${deepest} levels`);
        break;
      }
      case '}':
      case ']':
        open.pop();
        expectName = false;
        break;
      case ',':
        expectName = open.at(-1) instanceof Set;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (end < 0) return;
        if (expectName) addName(open.at(-1), text.slice(at, end + 1));
        expectName = false;
        at = end;
        break;
      }
      default:
    }
  }
}

/** Position of the closing quote; -1 when the text ends before it. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return -1;
}

function addName(names: Set<string> | null | undefined, quoted: string): void {
  if (!names) return;
  const name = quoted.includes('\\') ? unescaped(quoted) : quoted.slice(1, -1);
  if (names.has(name)) throw new SyntaxError('an object holds the same name twice');
  names.add(name);
}

function unescaped(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw new SyntaxError('it is not complete JSON');
  }
}
