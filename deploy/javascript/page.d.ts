// What the type check of static/js cannot know by itself: what our pages are made of, and what their scripts tell each other.

interface Draft {
  at: number;
  version?: string;
  base: Record<string, string>;
  values: Record<string, string>;
  words?: Record<string, { label: string; text: string }>;
  pending: { key: string; values: Record<string, string> } | null;
  after?: boolean;
}

// What a browser keeps of a draft, sealed unless it cannot seal.
interface Sealed {
  at: number;
  path: string;
  where?: string;
  title?: string;
  iv?: string;
  sealed?: string;
  plain?: string;
}

// What is looked for in our pages is HTML: the icons, which are SVG, are looked for by nobody.
interface ParentNode {
  querySelector<E extends Element = HTMLElement>(selectors: string): E | null;
  querySelectorAll<E extends Element = HTMLElement>(selectors: string): NodeListOf<E>;
}
interface Element {
  closest<E extends Element = HTMLElement>(selectors: string): E | null;
}

interface HTMLElementEventMap {
  // A save begins, or begins again, under this key. Who keeps the draft sets `kept`.
  "edc:saving": CustomEvent<{ key: string; kept?: Promise<void> }>;
  "edc:saved": CustomEvent;
  // The server answered and did not save; `open` while an earlier try may still have come through.
  "edc:refused": CustomEvent<{ open?: boolean }>;
  // An earlier try had come through, as the form of this key.
  "edc:arrived": CustomEvent<{ key: string; kept?: Promise<unknown> }>;
  // The server found the values good and wants a reason. Who asks for it sets `kept`.
  "edc:reason": CustomEvent<{ submitter: HTMLElement | null; kept?: boolean }>;
  // The page that the server answered with. Who shows its errors sets `kept`.
  "edc:answered": CustomEvent<{ html: string; kept?: boolean }>;
  "edc:errors": CustomEvent;
  "edc:stopped": CustomEvent;
  "edc:leaving": Event;
  "edc:signed-out": CustomEvent;
  // A draft with values of these names comes back: rows that are missing are to be added.
  "edc:restore": CustomEvent<{ names: string[] }>;
  "htmx:beforeSwap": CustomEvent<{ target: HTMLElement }>;
  "htmx:afterSettle": CustomEvent<{ target: HTMLElement }>;
}

interface DocumentEventMap {
  "htmx:afterSwap": CustomEvent;
  "htmx:afterRequest": CustomEvent<{ successful: boolean }>;
  "htmx:responseError": CustomEvent<{ xhr: XMLHttpRequest }>;
  "htmx:sendError": CustomEvent;
  "allauth.error": CustomEvent<{ exception: Error }>;
}
