// A consent form inside a page: <div data-privacy-collect="CODE"></div> and this script. It stores nothing, loads
// nothing but its form, writes no style and makes no markup of texts. Every box begins empty.
"use strict";
(() => {
  const base = document.currentScript.src.replace(/\/embed\/1\/.*$/, "") + "/embed/1/points/";
  const IDLE = 60000, THANKS = 15000;
  let count = 0;

  const make = (tag, options = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(options)) {
      if (name === "text") element.textContent = value;
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...inside.filter(Boolean));
    return element;
  };
  const paragraphs = (text) => text.split("\n").filter((line) => line.trim()).map((line) => make("p", { text: line }));
  const name = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const gpc = () => navigator.globalPrivacyControl === true || navigator.globalPrivacyControl === "1";

  class Form {
    constructor(host) {
      this.host = host;
      this.code = host.dataset.privacyCollect;
      this.id = "privacy-" + ++count;
      this.address = base + encodeURIComponent(this.code);
      for (const kind of ["pointerdown", "keydown", "input"]) host.addEventListener(kind, () => this.touched());
      this.load();
    }

    tell(kind, detail) {
      this.host.dispatchEvent(new CustomEvent("privacy:" + kind, { bubbles: true, detail }));
    }

    async ask(address, body) {
      const options = { credentials: "omit", mode: "cors" };
      if (body) Object.assign(options, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      const response = await fetch(address, options);
      return { ok: response.ok, status: response.status, body: await response.json() };
    }

    async load(note) {
      const wanted = this.host.dataset.lang || this.host.closest("[lang]")?.lang || "";
      let answer;
      try {
        answer = await this.ask(this.address + "?lang=" + encodeURIComponent(wanted.slice(0, 2)));
      } catch { answer = { ok: false }; }
      if (!answer.ok) { this.host.replaceChildren(); this.tell("error", { state: "unavailable" }); return; }
      this.shown = answer.body;
      this.once = name();
      this.draw(note);
      this.tell("ready", { code: this.code });
      this.touched();
    }

    draw(note) {
      const { say, wordings, notice, contacts, kiosk } = this.shown;
      const signal = gpc();
      this.status = make("p", { class: "pc-status", role: "status", tabindex: "-1", text: note || "" });
      this.form = make("form", { class: "pc-form", novalidate: true, autocomplete: "off", lang: this.shown.locale },
        make("p", { class: "pc-intro", text: say.intro }),
        kiosk && make("p", { class: "pc-note", text: say.kiosk }),
        signal && wordings.some((w) => w.purposes.some((p) => p.gpc)) && make("p", { class: "pc-note", text: say.signal }));
      for (const wording of wordings) {
        this.form.append(make("div", { class: "pc-wording", lang: wording.locale }, ...paragraphs(wording.text)),
          ...wording.purposes.map((purpose) => this.purpose(purpose, signal)));
      }
      if (this.shown.asks_age) {
        this.form.append(make("fieldset", { class: "pc-age" }, make("legend", { text: say.age }),
          make("p", { class: "pc-hint", text: say.age_hint }), this.error("age_class"),
          ...say.ages.map((age) => this.option("radio", "age_class", age.code, age.name))));
      }
      for (const kind of contacts) this.form.append(this.field(kind, kind === "email" ? "email" : "tel", say[kind]));
      this.form.append(
        make("details", { class: "pc-notice" }, make("summary", { text: say.notice }), make("div", { lang: notice.locale }, ...paragraphs(notice.text))),
        make("p", { class: "pc-buttons" }, make("button", { class: "pc-button", text: say.save }),
          say.refuse && make("button", { class: "pc-button", value: "no", text: say.refuse })));
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.send(event.submitter?.value === "no");
      });
      this.host.replaceChildren(this.status, this.form);
    }

    purpose(purpose, signal) {
      const { say, kind } = this.shown;
      const set = make("fieldset", { class: "pc-purpose" }, make("legend", { text: purpose.name }),
        make("p", { class: "pc-hint", text: purpose.description }),
        signal && purpose.gpc && make("p", { class: "pc-signal", text: say.signalled }));
      for (const channel of purpose.channels) {
        const box = JSON.stringify([purpose.code, channel.code]);
        if (kind === "preference_centre") {
          set.append(make("fieldset", { class: "pc-channel" }, make("legend", { text: channel.name || purpose.name }),
            this.option("radio", box, "yes", say.yes), this.option("radio", box, "no", say.no)));
        } else set.append(this.option("checkbox", box, "yes", channel.name || say.agree));
      }
      return set;
    }

    option(type, field, value, text) {
      const id = this.id + "-" + ++count;
      return make("div", { class: "pc-choice" }, make("input", { type, id, name: field, value }), make("label", { for: id, text }));
    }

    field(field, type, text) {
      const id = this.id + "-" + field;
      const fill = this.shown.kiosk ? "off" : { email: "email", phone: "tel", code: "one-time-code" }[field];
      return make("div", { class: "pc-field" }, make("label", { for: id, text }), this.error(field),
        make("input", { id, name: field, type, autocomplete: fill, maxlength: 254, "aria-describedby": id + "-error" }));
    }

    error(field) {
      return make("p", { class: "pc-error", id: this.id + "-" + field + "-error", hidden: true });
    }

    texts() {
      const { wordings, notice } = this.shown;
      return [...wordings, notice].map(({ code, version, sha256 }) => ({ code, version, sha256 }));
    }

    async send(refused) {
      const given = new FormData(this.form);
      const choices = [];
      for (const wording of this.shown.wordings) for (const purpose of wording.purposes) for (const channel of purpose.channels) {
        const answer = refused ? "no" : given.get(JSON.stringify([purpose.code, channel.code]));
        if (answer) choices.push({ purpose: purpose.code, channel: channel.code, answer });
      }
      const contacts = {};
      for (const kind of this.shown.contacts) if (given.get(kind)) contacts[kind] = given.get(kind);
      this.email = contacts.email;
      const body = { once: this.once, locale: this.shown.locale, shown: this.texts(), choices, contacts, gpc: gpc() };
      if (given.get("age_class")) body.age_class = given.get("age_class");
      await this.post(this.address, body);
    }

    async post(address, body) {
      if (this.busy) return;
      this.busy = true;
      let answer;
      try { answer = await this.ask(address, body); } catch { answer = { ok: false, body: {} }; }
      this.busy = false;
      if (answer.ok) this.finish(answer.body);
      else if (answer.status === 409) { await this.load(answer.body.detail); this.status.focus(); }
      else this.refuse(answer.body);
    }

    refuse(problem) {
      const errors = problem.errors || {};
      let first;
      for (const line of this.form.querySelectorAll(".pc-error")) {
        const field = line.id.slice(this.id.length + 1, -6);
        const input = this.form.querySelector('[name="' + field + '"]');
        line.textContent = (errors[field] || []).join(" ");
        line.hidden = !errors[field];
        if (errors[field]) { input.setAttribute("aria-invalid", "true"); first ||= input; } else input?.removeAttribute("aria-invalid");
      }
      this.status.textContent = first ? "" : this.shown.say.failed;
      (first || this.status).focus();
      this.tell("error", { state: first ? "invalid" : "failed" });
    }

    finish({ state, message, waits }) {
      this.status.textContent = message;
      const { say } = this.shown;
      this.form.remove();
      if (waits) {
        this.form = make("form", { class: "pc-form", novalidate: true, autocomplete: "off", lang: this.shown.locale },
          this.field("code", "text", say.code), make("p", { class: "pc-buttons" }, make("button", { class: "pc-button", text: say.confirm })));
        this.form.addEventListener("submit", (event) => {
          event.preventDefault();
          this.post(this.address + "/code", { locale: this.shown.locale, email: this.email, code: new FormData(this.form).get("code") });
        });
        this.host.append(this.form);
      }
      this.status.focus();
      this.tell("sent", { state });
      this.touched(waits ? IDLE : THANKS);
    }

    touched(after = IDLE) {
      clearTimeout(this.timer);
      if (this.shown?.kiosk) this.timer = setTimeout(() => { this.email = undefined; this.load(); }, after);
    }
  }

  const begin = () => { for (const host of document.querySelectorAll("[data-privacy-collect]")) new Form(host); };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
