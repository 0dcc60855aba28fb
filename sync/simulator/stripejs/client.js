// Client speaks to the server the script came from. Key and secret travel in bodies alone.
const home = new URL(document.currentScript.src).origin;

class Client {
  constructor(credentials) {
    this.credentials = credentials;
  }

  // send answers what the server said, or {error} in Stripe's shape; it never throws.
  async send(step, more) {
    try {
      const response = await fetch(home + "/_link/" + step, {
        method: "POST",
        mode: "cors",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(60000),
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ...this.credentials, ...more }),
      });
      const body = await response.json();
      if (response.ok || body.error) {
        return body;
      }
    } catch {
      // the connection failed, or something in between answered
    }
    return {
      error: {
        type: "api_connection_error",
        message: "The connection to the server failed. Check your network and try again.",
      },
    };
  }
}

