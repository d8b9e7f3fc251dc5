/** Characters of other alphabets, by the letter or digit they are drawn like. */
const drawn: Record<string, string> = {
  A: 'АΑᎪᗅ',
  B: 'ВΒᏴᗷ',
  C: 'СϹᏟⅭ',
  D: 'ᎠᗞⅮ',
  E: 'ЕΕᎬ',
  F: 'ϜᖴՒ',
  G: 'ԌᏀ',
  H: 'НΗᎻ',
  I: 'ІΙӀᏆⅠ',
  J: 'ЈᎫͿ',
  K: 'КΚᏦ',
  L: 'ᏞⅬԼ',
  M: 'МΜᎷⅯ',
  N: 'ΝՆ',
  O: 'ОΟՕ',
  P: 'РΡᏢ',
  Q: 'Ԛ',
  R: 'ᎡᏒ',
  S: 'ЅՏᏚ',
  T: 'ТΤᎢ',
  U: 'ՍᑌԱ',
  V: 'ѴᏙⅤ',
  W: 'ԜᏔ',
  X: 'ХΧⅩ',
  Y: 'УҮΥ',
  Z: 'ΖᏃ',
  a: 'аαɑ',
  b: 'ƅЬ',
  c: 'сϲᴄ',
  d: 'ԁɗ',
  e: 'еҽ',
  f: 'ẝք',
  g: 'ɡցƍ',
  h: 'һհ',
  i: 'іıɩι',
  j: 'јϳȷ',
  k: 'кκ',
  l: 'ӏǀ',
  m: 'м',
  n: 'ոռпη',
  o: 'оοօσᴏ',
  p: 'рρ',
  q: 'ԛզ',
  r: 'гᴦ',
  s: 'ѕꜱ',
  t: 'тτ',
  u: 'υսʋᴜ',
  v: 'νѵᴠ',
  w: 'ԝѡաᴡ',
  x: 'хχ',
  y: 'уүγ',
  z: 'ᴢ',
};
const twins = new Map(Object.entries(drawn).flatMap(([letter, all]) => [...all].map((one) => [one, letter])));

/** Signs that are drawn like one of the keyboard is; in prose they are ordinary. */
const sign =
  /[‐‑‒–—−﹣－․‥…。．∕⁄⧸／꞉∶：ː˸‚，；＿ʹʼˈ′ˊ´‘’“”＂＇ˋ∗＊∼～‖∣｜ǀ﹨＼＝＠＃＆％＋‹›〈〉＜＞（）［］｛｝]/u;

/**
 * The characters of `text` that look like others. In an `exact` text each one counts; in prose only those that
 * stand in a word of Latin letters, or make up a whole word where nothing else is of that alphabet.
 */
export function lookingLikeOthers(text: string, exact: boolean): string[] {
  if (exact) return [...text].filter((char) => isTwin(char) || sign.test(char));
  const words = text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const foreign = words.some(isOfAnotherAlphabet);
  return words.flatMap((word) => (isMasked(word, foreign) ? [...word].filter(isTwin) : []));
}

/** The text as it looks: each twin as the letter it is drawn like. */
export function plainOf(text: string): string {
  return [...text.normalize('NFKC')].map((char) => twins.get(char) ?? char).join('');
}

/** Drawn like a letter or digit of the keyboard; what is a plain one in another form (Ａ, 𝐀, ⅼ) is too. */
function isTwin(char: string): boolean {
  if (char <= '\u007F') return false;
  return twins.has(char) || (!/\p{No}/u.test(char) && /^[!-~]+$/.test(char.normalize('NFKC')));
}

function isMasked(word: string, foreign: boolean): boolean {
  const strange = [...word].filter((char) => char > '\u007F');
  if (!strange.some(isTwin)) return false;
  if (/[A-Za-z]/.test(word) || strange.some((char) => isTwin(char) && !twins.has(char))) return true;
  return !foreign && strange.every(isTwin);
}

/** A word no Latin letter is in, with at least one letter that is nobody's twin: somebody writes that alphabet. */
function isOfAnotherAlphabet(word: string): boolean {
  return (
    !/[A-Za-z]/.test(word) &&
    [...word].some((char) => /[^\p{Script=Latin}\P{L}]/u.test(char) && !isTwin(char))
  );
}
