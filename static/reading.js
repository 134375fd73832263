// Sets text size and colours for the page at hand; personalization.js keeps them, if allowed.

const root = document.documentElement.dataset;
const controls = document.querySelector("[data-reading]");

for (const control of controls.elements) if (root[control.name] === control.value) control.checked = true;
controls.onchange = ({ target }) => (root[target.name] = target.value);
controls.onsubmit = (event) => event.preventDefault();

// It lies over the page, so it goes when one turns to something else.
const box = controls.parentElement;
addEventListener("click", ({ target }) => box.contains(target) || (box.open = false));
box.onkeydown = ({ key }) => {
  if (key !== "Escape") return;
  box.open = false;
  box.firstElementChild.focus();
};
