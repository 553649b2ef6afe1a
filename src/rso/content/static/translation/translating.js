// The translator's screen: what is typed is kept part by part, the memory goes into the field, and Ctrl+Enter goes on.
// Every part works without this file: each has its own button.
const WAIT = 1500; // milliseconds after the last keystroke
const AGAIN = 8000; // and after a lost connection
const words = document.querySelector(".pairs")?.dataset ?? {};
document.documentElement.toggleAttribute("data-scripted", true);

const partOf = (element) => element.closest("[data-part]");

function say(part, text) {
  const line = part.querySelector("[data-said]");
  if (line) line.textContent = text;
}

class Part {
  constructor(form) {
    this.form = form;
    this.part = partOf(form);
    this.field = form.querySelector("textarea");
    this.kept = this.field.value;
    this.busy = null;
    this.field.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.save(), WAIT); });
    this.field.addEventListener("blur", () => this.save());
    form.addEventListener("submit", (event) => {
      // "Still right" is a page of its own, and leaves with what is kept.
      if (event.submitter?.hasAttribute("formaction")) { this.kept = this.field.value; return; }
      event.preventDefault();
      this.save(true);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.save().then((done) => done && next(this.part));
    });
  }

  get changed() { return this.field.value !== this.kept; }

  save(always = false) {
    clearTimeout(this.timer);
    // One at a time: the second would name a wording that the first is about to replace.
    if (this.busy) return this.busy.then(() => this.save(always));
    if (!this.changed && !always) return Promise.resolve(true);
    this.busy = this.send().finally(() => { this.busy = null; });
    return this.busy;
  }

  async send() {
    const text = this.field.value;
    say(this.part, words.saving ?? "");
    let answer, said;
    try {
      answer = await fetch(this.form.action, { method: "POST", body: new FormData(this.form), headers: { Accept: "application/json" }, credentials: "same-origin" });
      said = await answer.json();
    } catch {
      say(this.part, words.lost ?? "");
      this.timer = setTimeout(() => this.save(), AGAIN);
      return false;
    }
    if (!answer.ok) return this.refused(said);
    this.kept = text;
    this.stands(said);
    this.part.querySelector("[data-state]").innerHTML = said.state; // our own markup, rendered and escaped by the server
    this.part.querySelector("[data-checks]").innerHTML = said.checks;
    this.part.dataset.open = said.open;
    document.querySelector("[data-progress]").textContent = said.progress;
    say(this.part, said.saved);
    return true;
  }

  refused(said) {
    const theirs = said.theirs ? ` ${words.now ?? ""} ${said.theirs}` : "";
    say(this.part, `${said.refused ?? ""}${theirs}`);
    if (said.base !== null && said.base !== undefined) this.stands(said); // saved again, mine takes its place
    return false;
  }

  // What stands here now, for the next save to name.
  stands({ base, seen }) {
    for (const field of this.part.querySelectorAll("input[name='base']")) field.value = base;
    for (const field of this.part.querySelectorAll("input[name='seen']")) field.value = seen;
  }
}

function next(part) {
  const all = [...document.querySelectorAll("[data-part]")];
  const after = [...all.slice(all.indexOf(part) + 1), ...all.slice(0, all.indexOf(part))];
  const to = after.find((one) => one.dataset.open === "yes" && one.querySelector("textarea"));
  if (to) {
    to.querySelector("textarea").focus();
    to.scrollIntoView({ block: "start" });
  }
}

const parts = new Map();
for (const form of document.querySelectorAll("form[data-wording]")) parts.set(partOf(form), new Part(form));
for (const form of document.querySelectorAll("form[data-take]")) {
  form.addEventListener("submit", (event) => {
    const mine = parts.get(partOf(form));
    if (!mine) return;
    event.preventDefault();
    mine.field.value = form.elements.text.value;
    mine.field.focus();
    mine.save();
  });
}
addEventListener("beforeunload", (event) => { if ([...parts.values()].some((one) => one.changed)) event.preventDefault(); });
