// What each permission lets the business see, in plain words.
const permissionTexts = {
  balances: "what is in your accounts",
  ownership: "your name and contact data, as your bank has them",
  payment_method: "details to take payments from your accounts",
  transactions: "what you earn and spend",
};

// Flow is one holder going through one session.
class Flow {
  constructor(client, session) {
    this.client = client;
    this.session = session;
    this.isBusy = false;
    this.failure = null; // of a bank that could not be reached
    this.bank = "";
    this.connected = null;
    this.dialogue = new Dialogue(() => this.quit());
  }

  run() {
    this.dialogue.open();
    if (this.session.consent_given) {
      this.showBanks();
    } else {
      this.showConsent();
    }
    return this.dialogue.result;
  }

  // quit leaves: without accounts, after a bank failed with its error, after success with what is connected.
  async quit() {
    if (this.connected) {
      this.dialogue.end(this.connected);
      return;
    }
    if (this.isBusy || this.dialogue.isOver) {
      return;
    }
    this.isBusy = true;
    const answer = await this.client.send("cancel", this.failure ? { institution: this.bank } : {});
    this.dialogue.end(this.failure ? { error: this.failure } : answer);
  }

  // ask sends one step, during which nothing else is sent; null is an answer that has ended the dialogue.
  async ask(step, more, saying) {
    if (this.isBusy) {
      return null;
    }
    this.isBusy = true;
    this.dialogue.say(saying);
    const answer = await this.client.send(step, more);
    this.isBusy = false;
    return answer;
  }

  showConsent() {
    const asked = this.session.permissions.map((p) => element("li", {}, permissionTexts[p] || p));
    this.dialogue.show("Connect your bank accounts",
      element("p", {}, "This business asks to see:"), element("ul", {}, ...asked),
      element("p", { class: "fcsim-small" }, "You choose the accounts. You can end this at any time."),
      button("fcsim-agree", "Agree and continue", () => this.showBanks(), true),
      button("fcsim-cancel", "Cancel", () => this.quit()));
  }

  showBanks() {
    this.failure = null;
    const items = this.session.institutions.map((bank) => element("li", {},
      element("button", {
        type: "button", class: "fcsim-bank", "data-fcsim-bank": bank, onclick: () => this.signIn(bank),
      }, bank)));
    const search = element("input", {
      id: "fcsim-search", type: "search", autocomplete: "off",
      oninput: () => {
        const wanted = search.value.trim().toLowerCase();
        let left = 0;
        for (const item of items) {
          item.hidden = !item.textContent.toLowerCase().includes(wanted);
          left += item.hidden ? 0 : 1;
        }
        this.dialogue.say(left + (left === 1 ? " bank" : " banks"));
      },
    });
    this.dialogue.show("Choose your bank",
      element("label", { class: "fcsim-label", for: "fcsim-search" }, "Search banks"), search,
      element("ul", { class: "fcsim-banks" }, ...items), button("fcsim-cancel", "Cancel", () => this.quit()));
  }

  async signIn(bank) {
    const answer = await this.ask("accounts", { institution: bank }, "Signing in to " + bank + "\u2026");
    if (!answer) {
      return;
    }
    this.bank = bank;
    if (!answer.error) {
      this.showAccounts(bank, answer.accounts);
    } else if (answer.error.code === "financial_connections_institution_unavailable") {
      this.failure = answer.error;
      this.showFailure(bank);
    } else {
      this.dialogue.end({ error: answer.error });
    }
  }

  showFailure(bank) {
    this.dialogue.show(bank + " cannot be reached",
      element("p", { id: "fcsim-error", class: "fcsim-error", role: "alert" }, this.failure.message),
      button("fcsim-other", "Choose another bank", () => this.showBanks(), true),
      button("fcsim-cancel", "Close", () => this.quit()));
  }

  showAccounts(bank, accounts) {
    const other = button("fcsim-other", "Choose another bank", () => this.showBanks());
    if (accounts.length === 0) {
      this.dialogue.show(bank, element("p", { id: "fcsim-none" }, "You have no account here of the kinds asked for."),
        other, button("fcsim-cancel", "Cancel", () => this.quit()));
      return;
    }
    const isOne = this.session.limit === 1;
    const inputs = accounts.map((account, i) => element("input", {
      type: isOne ? "radio" : "checkbox", name: "fcsim-account", value: account.number,
      "data-fcsim-account": account.number, checked: isOne ? i === 0 : this.fits(i), onchange: () => this.count(inputs),
    }));
    const rows = accounts.map((account, i) => element("label", { class: "fcsim-account" }, inputs[i],
      element("span", {}, account.display_name,
        element("span", { class: "fcsim-small" }, "ending in " + account.last4))));
    this.dialogue.show(bank,
      element("fieldset", {}, element("legend", {}, "Choose what to connect"), ...rows),
      button("fcsim-connect", "Connect accounts", () => this.connect(bank, inputs), true), other,
      button("fcsim-cancel", "Cancel", () => this.quit()));
    this.count(inputs);
  }

  // fits tells whether so many accounts may be connected.
  fits(i) {
    return this.session.limit === 0 || i < this.session.limit;
  }

  count(inputs) {
    const n = inputs.filter((input) => input.checked).length;
    const isRight = n > 0 && this.fits(n - 1);
    document.getElementById("fcsim-connect").setAttribute("aria-disabled", String(!isRight));
    this.dialogue.say(isRight ? "" : n === 0 ? "Choose at least one account." :
      "Choose at most " + this.session.limit + " accounts.");
    return isRight;
  }

  async connect(bank, inputs) {
    if (this.isBusy || !this.count(inputs)) {
      return;
    }
    const accounts = inputs.filter((input) => input.checked).map((input) => input.value);
    const answer = await this.ask("connect", { institution: bank, accounts }, "Connecting\u2026");
    if (answer.error) {
      this.dialogue.end({ error: answer.error });
      return;
    }
    this.connected = answer;
    const n = answer.financialConnectionsSession.accounts.length;
    this.dialogue.show(n === 1 ? "1 account is connected" : n + " accounts are connected",
      element("p", {}, "You can close this window."),
      button("fcsim-done", "Done", () => this.quit(), true));
  }
}

