/** What may stand at a place in a JSON text. */
type State = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or close' | 'end';

/**
 * Where a text stops being JSON: the number of characters before the first one that no JSON text could have there;
 * the length of the text if it only breaks off. The engine's own message does not always tell.
 */
export function jsonErrorAt(text: string): number {
  const open: ('{' | '[')[] = [];
  const afterValue = (): State => (open.length > 0 ? 'comma or close' : 'end');
  let state: State = 'value';
  let at = 0;
  for (;;) {
    while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++;
    const character = text.charAt(at);
    const inside = open.at(-1);
    if (state === 'colon' && character === ':') {
      state = 'value';
      at++;
    } else if (state === 'comma or close' && character === ',') {
      state = inside === '{' ? 'key' : 'value';
      at++;
    } else if (
      (character === ']' && inside === '[' && (state === 'comma or close' || state === 'value or ]')) ||
      (character === '}' && inside === '{' && (state === 'comma or close' || state === 'key or }'))
    ) {
      open.pop();
      state = afterValue();
      at++;
    } else if (state === 'key' || state === 'key or }') {
      if (character !== '"') return at;
      const end = skipString(text, at);
      if (end < 0) return -end;
      at = end;
      state = 'colon';
    } else if (state === 'value' || state === 'value or ]') {
      if (character === '{' || character === '[') {
        open.push(character);
        state = character === '{' ? 'key or }' : 'value or ]';
        at++;
        continue;
      }
      const end = character === '"' ? skipString(text, at) : skipWord(text, at);
      if (end < 0) return -end;
      if (end === at) return at;
      at = end;
      state = afterValue();
    } else {
      return at;
    }
  }
}

/** The end of the string that begins at a quote; where it is wrong, the place of the fault, negative. */
function skipString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return at + 1;
    if (character < ' ') return -at;
    if (character === '\\') {
      at++;
      if (at >= text.length) break;
      if (text.charAt(at) === 'u') {
        for (let digit = 0; digit < 4; digit++) {
          at++;
          if (at >= text.length) return -at;
          if (!/[\da-fA-F]/.test(text.charAt(at))) return -at;
        }
      } else if (!'"\\/bfnrt'.includes(text.charAt(at))) {
        return -at;
      }
    }
  }
  return -text.length;
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The end of the number or word that begins here; `start` if there is none. */
function skipWord(text: string, start: number): number {
  for (const word of ['true', 'false', 'null']) {
    if (text.startsWith(word, start)) return start + word.length;
  }
  number.lastIndex = start;
  return number.test(text) ? number.lastIndex : start;
}
