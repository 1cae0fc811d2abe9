/** Characters that nobody sees, or that change how the text around them is read. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text of a client as an operator may read it: nothing in it hides, and nothing turns around. */
export function shown(text: string, most = Infinity): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replaceAll(
    UNSEEN,
    (letter) => `⟨U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}
