// The style sheet is constructed: no page has to allow inline styles for it.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
#fcsim-hosted { margin: 0 auto; padding: 24px; max-width: 40rem; font: 400 1rem/1.5 system-ui, sans-serif; }
#fcsim-dialog {
  box-sizing: border-box; width: min(28rem, 100vw); max-width: 100vw; max-height: min(46rem, 100dvh);
  margin: auto; padding: 0; border: 0; border-radius: 12px; overflow: auto; color-scheme: light;
  background: #fff; color: #1b2430; box-shadow: 0 12px 48px rgb(0 0 0 / 35%);
  font: 400 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; text-align: left;
}
#fcsim-dialog::backdrop { background: rgb(20 24 32 / 55%); }
#fcsim-dialog * { box-sizing: border-box; font: inherit; color: inherit; letter-spacing: normal; }
#fcsim-dialog [hidden] { display: none; }
#fcsim-dialog .fcsim-head {
  position: sticky; top: 0; display: flex; align-items: center; gap: 8px; padding: 8px 8px 8px 24px;
  background: #fff; border-bottom: 1px solid #d8dde5;
}
#fcsim-dialog .fcsim-brand { flex: 1; margin: 0; font-size: .875rem; color: #4a5565; }
#fcsim-dialog .fcsim-body { padding: 20px 24px 24px; }
#fcsim-dialog h2 { margin: 0 0 8px; font-size: 1.375rem; font-weight: 650; line-height: 1.25; outline: none; }
#fcsim-dialog p { margin: 0 0 12px; }
#fcsim-dialog #fcsim-status { min-height: 1.5em; margin: 0; }
#fcsim-dialog ul { margin: 0 0 16px; padding: 0 0 0 20px; list-style: disc; }
#fcsim-dialog ul.fcsim-banks { padding: 0; list-style: none; }
#fcsim-dialog fieldset { margin: 0 0 16px; padding: 0; border: 0; min-width: 0; }
#fcsim-dialog legend { padding: 0; margin: 0 0 8px; }
#fcsim-dialog button {
  display: block; width: 100%; min-height: 44px; margin: 0 0 8px; padding: 8px 16px; border-radius: 8px;
  border: 1px solid #8a94a3; background: #fff; color: #1b2430; text-align: center; cursor: pointer;
}
#fcsim-dialog button.fcsim-main { background: #37409c; border-color: #37409c; color: #fff; font-weight: 600; }
#fcsim-dialog button.fcsim-main:hover { background: #2a3180; }
#fcsim-dialog button.fcsim-other:hover, #fcsim-dialog button.fcsim-bank:hover { background: #f1f3f8; }
#fcsim-dialog button.fcsim-bank { text-align: left; border-color: #c4cad4; }
#fcsim-dialog button[aria-disabled=true] { background: #e3e6ec; border-color: #e3e6ec; color: #4a5565; cursor: default; }
#fcsim-dialog #fcsim-close { width: 44px; margin: 0; padding: 0; border: 0; font-size: 1.375rem; line-height: 1; }
#fcsim-dialog label.fcsim-account {
  display: flex; align-items: center; gap: 12px; min-height: 52px; margin: 0 0 8px; padding: 8px 16px;
  border: 1px solid #c4cad4; border-radius: 8px; cursor: pointer;
}
#fcsim-dialog label.fcsim-account input { width: 20px; height: 20px; margin: 0; flex: none; accent-color: #37409c; }
#fcsim-dialog .fcsim-small { display: block; font-size: .875rem; color: #4a5565; }
#fcsim-dialog label.fcsim-label { display: block; margin: 0 0 4px; font-weight: 600; }
#fcsim-dialog input[type=search] {
  display: block; width: 100%; min-height: 44px; margin: 0 0 12px; padding: 8px 12px; background: #fff;
  border: 1px solid #8a94a3; border-radius: 8px;
}
#fcsim-dialog :focus-visible { outline: 3px solid #37409c; outline-offset: 2px; }
#fcsim-dialog h2:focus-visible { outline: none; }
#fcsim-dialog .fcsim-error { padding: 12px 16px; border-left: 4px solid #b3261e; background: #fdf1f0; }
@media (max-width: 480px) {
  #fcsim-dialog {
    margin: auto 0 0; width: 100vw; border-radius: 12px 12px 0 0; max-height: calc(100dvh - 16px);
  }
}
@media (forced-colors: active) { #fcsim-dialog { border: 1px solid; } }
`);

function adoptStyle() {
  if (!document.adoptedStyleSheets.includes(sheet)) {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
}

