// The page of one visit. What it shows is what the server says (/state); the client secret lives in one variable of
// one function, and is in no address, no storage and no element.
'use strict';

(() => {
  const element = (id) => document.getElementById(id);
  const {business, stripeJs} = document.body.dataset;
  const askAgain = 1000; // milliseconds
  const ends = ['done', 'expired', 'broken'];
  let shown = '';
  let trouble = ''; // what this page met itself: no network, no Stripe.js
  let isBusy = false;
  let timer = 0;
  let loading = null; // of Stripe.js

  const titles = {
    reading: 'Your accounts are connected',
    done: 'Your accounts are connected',
    expired: 'The time is over',
    broken: 'Your accounts are connected',
  };

  async function ask(path, body) {
    const answer = await fetch(path, body === undefined ? {} : {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(body),
    });
    return {ok: answer.ok, status: answer.status, value: await answer.json()};
  }

  function entry(name, value) {
    const term = document.createElement('dt');
    const text = document.createElement('dd');
    term.textContent = name;
    text.textContent = value;
    return [term, text];
  }

  function balanceOf(account, isEnd) {
    if (account.balances.length > 0) return account.balances.join(', ');
    if (!account.awaits) return 'not told';
    return isEnd ? 'not yet told' : 'asking the bank …';
  }

  function card(account, isEnd) {
    const item = document.createElement('li');
    const name = document.createElement('strong');
    const list = document.createElement('dl');
    name.textContent = account.name;
    list.append(...entry('Kind', account.kind), ...entry('Shares', account.shares.join(', ')));
    if (account.shares.includes('balances')) list.append(...entry('Balance', balanceOf(account, isEnd)));
    if (account.shares.includes('transactions')) {
      const count = account.transactions;
      list.append(...entry('Transactions', count === null ? (isEnd ? 'not yet read' : 'reading …') :
        count.toLocaleString('en')));
    }
    item.append(name, list);
    return item;
  }

  function showAccounts(state) {
    const isEnd = state.step === 'done';
    const text = JSON.stringify([state.accounts, isEnd]);
    if (element('list').dataset.shown === text) return; // what a screen reader reads stays where it is
    element('list').dataset.shown = text;
    element('list').replaceChildren(...state.accounts.map((account) => card(account, isEnd)));
  }

  function say(text) {
    if (element('status').textContent !== text) element('status').textContent = text;
  }

  function problem(text) {
    element('problem').textContent = text;
    element('problem').hidden = text === '';
  }

  function statusOf(state) {
    switch (state.step) {
      case 'checking': return 'Asking Stripe what was connected …';
      case 'reading': return (state.progress || 'Reading your data for the first time') + ' …';
      case 'done': return state.reason || `Done. ${business} has what you shared. You can close this page.`;
      case 'expired': return state.reason;
      case 'nothing': return state.reason;
      case 'broken': return '';
      default: return isBusy ? 'Stripe is opening …' : '';
    }
  }

  function show(state) {
    if (ends.includes(state.step)) trouble = '';
    const isLinked = state.step === 'reading' || state.step === 'done';
    const isOver = isLinked || ends.includes(state.step);
    if (titles[state.step]) {
      element('title').textContent = titles[state.step];
      document.title = titles[state.step];
    }
    element('notice').hidden = isOver;
    element('actions').hidden = isOver || state.step === 'checking';
    element('accounts').hidden = !isLinked;
    if (state.step === 'nothing' || state.step === 'failed') element('go').textContent = 'Try again';
    showAccounts(state);
    say(statusOf(state));
    problem(trouble || (state.step === 'failed' || state.step === 'broken' ? state.reason : ''));
    if (shown !== state.step && isOver) element('title').focus();
    shown = state.step;
    clearTimeout(timer);
    if (!ends.includes(state.step)) timer = setTimeout(refresh, askAgain);
  }

  async function refresh() {
    clearTimeout(timer);
    try {
      const {ok, value} = await ask('/state');
      if (ok) show(value);
    } catch {
      if (ends.includes(shown)) return;
      say('');
      problem('This page has ended. If your accounts are not shown above as connected, ask for a new link.');
      element('actions').hidden = true;
    }
  }

  function busy(is) {
    isBusy = is;
    element('go').setAttribute('aria-disabled', String(is));
  }

  // loadStripe waits for Stripe.js, asks for it again where it did not come, and returns whether it is there.
  function loadStripe() {
    loading = loading || new Promise((resolve) => {
      const script = document.createElement('script');
      script.src = stripeJs;
      script.onload = () => resolve(typeof window.Stripe === 'function');
      script.onerror = () => {
        loading = null;
        resolve(false);
      };
      document.head.append(script);
    });
    return loading;
  }

  // link opens Stripe's window and returns how it ended.
  async function link(opening) {
    if (!await loadStripe()) return {outcome: 'failed', code: 'no_stripe_js'};
    const stripe = opening.stripe_account ?
      window.Stripe(opening.publishable_key, {stripeAccount: opening.stripe_account}) :
      window.Stripe(opening.publishable_key);
    const options = {clientSecret: opening.client_secret};
    if (opening.pre_collected_consent) options.preCollectedConsent = opening.pre_collected_consent;
    try {
      const {error, financialConnectionsSession: session} = await stripe.collectFinancialConnectionsAccounts(options);
      if (error) return {outcome: 'failed', code: String(error.code || error.type || '').slice(0, 100)};
      return {outcome: session.accounts.length > 0 ? 'completed' : 'cancelled', code: ''};
    } catch {
      return {outcome: 'failed', code: ''};
    }
  }

  // attempt is one try; it returns what went wrong here, '' where nothing did.
  async function attempt() {
    const {ok, status, value: opening} = await ask('/open', {});
    if (!ok) return status === 409 ? '' : 'Stripe does not answer at the moment. Try again in a minute.';
    const ending = await link(opening);
    const {ok: isTold, value: state} = await ask('/ended', {session: opening.session, ...ending});
    if (ends.includes(state.step)) { // the server may be gone by the next question
      show(state);
      return '';
    }
    if (!isTold) return 'What was connected is not known yet. Try again in a minute.';
    return ending.code === 'no_stripe_js' ? 'Stripe could not be loaded. Allow js.stripe.com, and try again.' : '';
  }

  async function go() {
    if (isBusy) return;
    busy(true);
    trouble = '';
    problem('');
    say('Stripe is opening …');
    try {
      trouble = await attempt();
    } catch {
      trouble = 'The connection was lost. Try again.';
    }
    busy(false);
    await refresh();
  }

  element('go').addEventListener('click', go);
  window.addEventListener('pageshow', (event) => { if (event.persisted) refresh(); });
  loadStripe();
  refresh();
})();
