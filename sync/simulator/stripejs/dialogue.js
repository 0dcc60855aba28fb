// Dialogue is a modal dialogue of one pane after another. It ends once, with a result.
class Dialogue {
  constructor(onquit) {
    this.isOver = false;
    this.onquit = onquit;
    this.result = new Promise((resolve) => { this.resolve = resolve; });
    this.body = element("div", { class: "fcsim-body" });
    this.status = element("p", { id: "fcsim-status", class: "fcsim-small", role: "status" });
    const close = element("button", { id: "fcsim-close", type: "button", "aria-label": "Close" }, "\u00d7");
    close.addEventListener("click", () => this.onquit());
    const brand = element("p", { class: "fcsim-brand" }, "Simulated bank links. No real bank is contacted.");
    this.root = element("dialog", { id: "fcsim-dialog", "aria-labelledby": "fcsim-title" },
      element("div", { class: "fcsim-head" }, brand, close), this.body);
    this.root.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.onquit();
    });
    this.root.addEventListener("close", () => this.onquit());
    this.root.addEventListener("keydown", (event) => this.keepFocus(event));
  }

  open() {
    adoptStyle();
    document.body.append(this.root);
    this.root.showModal();
  }

  // show replaces the pane; its title gets the focus, so that it is read out.
  show(title, ...content) {
    const heading = element("h2", { id: "fcsim-title", tabindex: "-1" }, title);
    this.status.textContent = "";
    this.body.replaceChildren(heading, ...content, this.status);
    if (!this.root.open) {
      this.root.showModal(); // Escape closed it while an answer was awaited
    }
    this.root.scrollTop = 0;
    heading.focus();
  }

  say(text) {
    this.status.textContent = text;
  }

  // keepFocus has Tab go round within the dialogue.
  keepFocus(event) {
    if (event.key !== "Tab") {
      return;
    }
    const all = [...this.root.querySelectorAll("button, input")].filter((e) => !e.hidden && !e.closest("[hidden]"));
    const first = all[0];
    const last = all[all.length - 1];
    const isInside = all.includes(document.activeElement);
    if (event.shiftKey && (document.activeElement === first || !isInside)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first.focus();
    }
  }

  end(result) {
    if (this.isOver) {
      return;
    }
    this.isOver = true;
    if (this.root.open) {
      this.root.close();
    }
    this.root.remove();
    this.resolve(result);
  }
}

