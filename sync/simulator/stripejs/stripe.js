class IntegrationError extends Error {
  constructor(message) {
    super(message);
    this.name = "IntegrationError";
  }
}

let isOpen = false; // one dialogue at a time, as with Stripe.js

// collect opens a session and takes its holder through it.
async function collect(credentials) {
  if (isOpen) {
    throw new IntegrationError("collectFinancialConnectionsAccounts is in progress already.");
  }
  isOpen = true;
  try {
    const client = new Client(credentials);
    const session = await client.send("open", {});
    if (session.error) {
      return { error: session.error };
    }
    delete credentials.pre_collected_consent; // it was shown once
    return { session, result: await new Flow(client, session).run() };
  } finally {
    isOpen = false;
  }
}

function checkKey(key) {
  if (typeof key !== "string" || key === "") {
    throw new IntegrationError("Missing value for Stripe(): apiKey should be a string.");
  }
  if (key.startsWith("sk_") || key.startsWith("rk_")) {
    throw new IntegrationError("You should not use your secret key with Stripe.js. " +
      "Please pass a publishable key instead.");
  }
}

// Stripe is the function a page calls, with or without new.
function Stripe(key, options = {}) {
  checkKey(key);
  return {
    async collectFinancialConnectionsAccounts(asked) {
      if (!asked || typeof asked.clientSecret !== "string" || asked.clientSecret === "") {
        throw new IntegrationError("Invalid value for collectFinancialConnectionsAccounts(): " +
          "clientSecret should be the client_secret of a Financial Connections Session.");
      }
      const credentials = {
        key, client_secret: asked.clientSecret, stripe_account: (options && options.stripeAccount) || "",
      };
      const consent = asked.preCollectedConsent;
      if (consent) {
        credentials.pre_collected_consent = { consent: consent.consent, collected_at: consent.collectedAt };
      }
      const outcome = await collect(credentials);
      return outcome.error ? { error: outcome.error } : outcome.result;
    },
    registerAppInfo() {},
  };
}
Stripe.version = "simulated";
window.Stripe = Stripe;

// A hosted session's page runs the dialogue by itself, and sends its holder back when they are done.
async function runHosted() {
  const place = document.getElementById("fcsim-outcome");
  place.textContent = "";
  const outcome = await collect({ hosted_token: location.pathname.split("/").pop() });
  const error = outcome.error || outcome.result.error;
  if (error) {
    place.textContent = error.message;
  } else if (outcome.session.return_url) {
    location.replace(outcome.session.return_url);
  } else {
    const n = outcome.result.financialConnectionsSession.accounts.length;
    place.textContent = (n === 0 ? "Nothing was connected." : "Your accounts are connected.") +
      " You can close this page.";
  }
}
if (document.currentScript.dataset.hosted !== undefined) {
  runHosted();
}
