// Sends the banner's choice without a reload, starts what is allowed, and takes back what is not.
// Without this module the banner's form works by a reload, and nothing optional ever starts.

const BITS = { marketing: 1, analytics: 2, personalization: 4 };
const form = document.querySelector("[data-consent-banner]");
const problem = document.querySelector("[data-consent-problem]");
const started = new Set();
let tabs;

const state = () => document.documentElement.dataset.consent;
const allows = (category) => (BITS[category] & state()) > 0;
const change = () => document.dispatchEvent(new Event("consentchange"));

async function send(body) {
  const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
  if (response.type !== "opaqueredirect") return response.status;
  change();
  tabs.postMessage("");
  // The browser may not keep cookies at all.
  return state() !== "ask" && "sent";
}

async function submit(event, shown) {
  const sent = event.target;
  event.preventDefault();
  if (sent.ariaBusy) return;
  sent.ariaBusy = "true";
  shown.textContent = "";
  const body = new URLSearchParams(new FormData(sent, event.submitter));
  const answer = await send(body).catch(() => {});
  const { consentBusy, consentProblem } = problem.dataset;
  if (answer !== "sent") shown.textContent = answer === 429 ? consentBusy : consentProblem;
  else if (sent === form) confirm();
  sent.ariaBusy = null;
}

function confirm() {
  for (const confirmation of document.querySelectorAll("[data-consent-confirmation]")) {
    confirmation.hidden = confirmation.dataset.consentConfirmation !== state();
    confirmation.focus();
  }
}

function load(template) {
  const content = document.importNode(template.content, true);
  for (const script of content.querySelectorAll("script")) script.async = false;
  template.replaceWith(content);
}

function start() {
  // What runs cannot be unloaded, so a page that lost a grant begins anew.
  if (![...started].every(allows)) location.reload();
  for (const template of document.querySelectorAll("template[data-consent]")) {
    const category = template.dataset.consent;
    if (allows(category)) {
      started.add(category);
      load(template);
    }
  }
  for (const embed of document.querySelectorAll("[data-embed]")) {
    const category = embed.dataset.embed;
    if (allows(category)) {
      started.add(category);
      show(embed);
    }
  }
}

function show(embed) {
  delete embed.dataset.embed;
  embed.querySelector("form").remove();
  load(embed.querySelector("template"));
}

function offer(embed) {
  const choices = embed.querySelector("form");
  choices.hidden = false;
  choices.querySelector("[data-embed-once]").onclick = () => show(embed);
  choices.onsubmit = (event) => submit(event, choices.lastElementChild);
}

// A path and all above it, each with a slash at its end and without.
function ways(path) {
  const ends = [...path.matchAll("/")].map((slash) => slash.index);
  return ends.flatMap((end) => [path.slice(0, end) || "/", path.slice(0, end + 1)]);
}

function deleteCookie(name, path) {
  const labels = location.hostname.split(".");
  const domains = labels.map((_, first) => `; Domain=${labels.slice(first).join(".")}`);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  for (const way of [...ways(location.pathname), ...ways(`${path}/`)]) {
    for (const domain of ["", ...domains]) {
      document.cookie = `${name}=; Max-Age=0; Path=${way}${domain}${secure}`;
    }
  }
}

// By name, since a browser may forbid to touch a storage.
const storage = (store) => ({
  names: () => Object.keys(window[store]),
  remove: (name) => window[store].removeItem(name),
});

const KEPT = {
  cookie: {
    names: () => document.cookie.split("; ").map((text) => text.split("=")[0]),
    remove: deleteCookie,
  },
  local: storage("localStorage"),
  session: storage("sessionStorage"),
  indexed: {
    names: async () => (await indexedDB.databases()).map((database) => database.name),
    remove: (name) => indexedDB.deleteDatabase(name),
  },
};

// Deletes what services declared to keep, of the categories that are not allowed.
async function takeBack() {
  const response = await fetch(new URL("declared.json", form.action));
  for (const [bit, kind, name, path] of await response.json()) {
    if (bit & state()) continue;
    const pattern = RegExp(`^${name.replace(/[$+.^|]/g, "\\$&").replaceAll("*", ".*")}$`);
    const kept = KEPT[kind];
    for (const found of await kept.names()) if (pattern.test(found)) kept.remove(found, path);
  }
}

// Whoever allows all has nothing to take back, and whose browser keeps nothing neither.
async function clean() {
  const names = await Promise.all(Object.values(KEPT).map((kept) => kept.names()));
  const keepsMore = names.flat().some((name) => !/^(__Host-cc|cc|)$/.test(name));
  if (keepsMore && state() !== "7") await takeBack();
}

function listen() {
  tabs = new BroadcastChannel("consent");
  tabs.onmessage = change;
}

function follow() {
  start();
  clean().catch(() => {});
}

if (form) {
  document.querySelectorAll("[data-embed]").forEach(offer);
  listen();
  // The preferences page shows the stored choice, so there the reload is wanted.
  if (document.querySelector("[data-consent-preferences]")) tabs.postMessage("");
  else form.onsubmit = (event) => submit(event, problem);
  document.addEventListener("consentchange", follow);
  // With an open channel no page would be kept for going back.
  addEventListener("pagehide", () => tabs.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      listen();
      follow();
    }
  });
  follow();
}
