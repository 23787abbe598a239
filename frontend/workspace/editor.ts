/** One cell's text: a CodeMirror editor over the form's textarea, or the textarea itself in plain mode. */
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, Prec, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { say } from "./say.ts";

export interface EditorEvents {
  changed: () => void;
  run: () => void;
  check: () => void;
  save: () => void;
}

/** Classes, not colours: the style sheet gives them their colours in both themes. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], class: "k" },
  { tag: [tags.string, tags.special(tags.string)], class: "s" },
  { tag: tags.number, class: "n" },
  { tag: tags.comment, class: "c" },
  { tag: [tags.definition(tags.variableName), tags.function(tags.definition(tags.variableName)), tags.className], class: "f" },
]);

/** CodeMirror's own styles stand outside of our layers and would win over them, so ours go in the same way. */
const looks = EditorView.theme({
  "&": { font: "450 0.8125rem/1.65 var(--mono)", color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit", overflowX: "auto" },
  ".cm-content": { padding: "11px 14px 11px 0", caretColor: "var(--accent)", fontVariantLigatures: "none" },
  ".cm-line": { padding: "0" },
  ".cm-gutters": { backgroundColor: "transparent", border: "0", color: "var(--ink-3)", paddingLeft: "6px" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "30px", padding: "0 14px 0 0" },
  ".cm-cursor": { borderLeft: "2px solid var(--accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklab, var(--accent) 26%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
});

/** Escape lets the next Tab leave the editor, until something else is typed: nobody is trapped in a cell. */
const leaving: Extension = [
  Prec.highest(
    keymap.of([
      {
        key: "Escape",
        run: (view) => {
          view.setTabFocusMode(true);
          say("Tab now leaves the editor.");
          return false;
        },
      },
    ]),
  ),
  EditorView.updateListener.of((update) => {
    if (update.docChanged) update.view.setTabFocusMode(false);
  }),
  EditorView.domEventHandlers({ blur: (_event, view) => void view.setTabFocusMode(false) }),
];

function keysOf(events: EditorEvents): Extension {
  const call = (act: () => void) => () => {
    act();
    return true;
  };
  return Prec.highest(
    keymap.of([
      { key: "Shift-Enter", run: call(events.run) },
      { key: "Mod-Enter", run: call(events.check) },
      { key: "Mod-s", run: call(events.save) },
    ]),
  );
}

const indenting = keymap.of([{ key: "Tab", run: indentMore, shift: indentLess }]);

/** A name for screen readers; and focusable by rule, since long lines scroll inside the editor. */
function labelled(text: string): Extension {
  return EditorView.contentAttributes.of({ "aria-label": text, tabindex: "0" });
}

/** Write an editor's text back to the form field, so that the form and everything that reads it see one truth. */
export class CellEditor {
  readonly field: HTMLTextAreaElement;
  private view: EditorView | null = null;

  constructor(
    field: HTMLTextAreaElement,
    private readonly events: EditorEvents,
  ) {
    this.field = field;
    field.addEventListener("input", () => {
      this.fit();
      events.changed();
    });
    field.addEventListener("keydown", (event) => this.plainKeys(event));
    this.fit();
  }

  /** Replace the textarea by an editor. Text cells stay textareas: prose needs no colours. */
  enrich(nonce: string): void {
    if (this.view) return;
    const label = this.field.getAttribute("aria-label") ?? "Code";
    const isGiven = this.field.readOnly;
    this.view = new EditorView({
      doc: this.field.value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        looks,
        keysOf(this.events),
        leaving,
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        pythonLanguage,
        syntaxHighlighting(colours),
        isGiven ? [EditorState.readOnly.of(true)] : indenting,
        keymap.of([...defaultKeymap, ...historyKeymap]),
        this.labels.of(labelled(label)),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          this.field.value = update.state.doc.toString();
          this.events.changed();
        }),
      ],
    });
    this.field.hidden = true;
    this.field.before(this.view.dom);
  }

  private readonly labels = new Compartment();

  get text(): string {
    return this.field.value;
  }

  set text(text: string) {
    this.field.value = text;
    this.view?.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
    this.fit();
  }

  /** The cell has a new number. */
  label(text: string): void {
    this.field.setAttribute("aria-label", text);
    this.view?.dispatch({ effects: this.labels.reconfigure(labelled(text)) });
  }

  focus(): void {
    if (this.view) this.view.focus();
    else this.field.focus();
  }

  destroy(): void {
    this.view?.destroy();
  }

  private fit(): void {
    this.field.rows = Math.max(1, this.field.value.split("\n").length);
  }

  private plainKeys(event: KeyboardEvent): void {
    const isMod = event.ctrlKey || event.metaKey;
    const act =
      event.key === "Enter" && event.shiftKey
        ? this.events.run
        : event.key === "Enter" && isMod
          ? this.events.check
          : event.key === "s" && isMod
            ? this.events.save
            : null;
    if (!act) return;
    event.preventDefault();
    act();
  }
}
