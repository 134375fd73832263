// Keeps text size, colours and what was read last in this browser; loaded only once allowed.

const root = document.documentElement.dataset;
const MOST = 10;
const isMonograph = /^\/monographs\/[a-z0-9-]+\/$/;

function read(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // The browser keeps nothing, so neither do we.
  }
}

function keepReading() {
  const { size, scheme } = root;
  if (size || scheme) keep("reading", { size, scheme });
}

function recent() {
  const kept = read("recently-read", []);
  // Whatever it is, it leads to a monograph and is shown as text.
  return Array.isArray(kept) ? kept.filter((entry) => isMonograph.test(entry?.path)) : [];
}

function keepMonograph(title) {
  const path = location.pathname;
  const others = recent().filter((entry) => entry.path !== path);
  keep("recently-read", [{ path, title }, ...others].slice(0, MOST));
}

function show(entries, place) {
  const section = document.importNode(place.content, true);
  section.querySelector("ul").append(
    ...entries.map(({ path, title }) => {
      const item = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href: path, textContent: title });
      item.append(link);
      return item;
    }),
  );
  place.replaceWith(section);
}

keepReading();
document.querySelector("[data-reading]").addEventListener("change", keepReading);
const heading = document.querySelector(".monograph h1");
if (heading && isMonograph.test(location.pathname)) keepMonograph(heading.textContent);
const place = document.querySelector("template[data-recently-read]");
if (place && recent().length) show(recent(), place);
