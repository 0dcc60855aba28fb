// element makes an element with attributes and children; texts are texts, never markup.
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "onclick" || key === "oninput" || key === "onchange") {
      made.addEventListener(key.slice(2), value);
    } else if (value === true) {
      made.setAttribute(key, "");
    } else if (value !== false && value !== null) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children);
  return made;
}

function button(id, text, onclick, isMain) {
  return element("button", { id, type: "button", class: isMain ? "fcsim-main" : "fcsim-other", onclick }, text);
}

