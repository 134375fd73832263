// Sends the banner's choice without a reload, starts what is allowed, and takes back what is not.
// Without this module the banner's form works by a reload, and nothing optional ever starts.

const BITS = { marketing: 1, analytics: 2, personalization: 4 };
const form = document.querySelector("[data-consent-banner]");
const problem = document.querySelector("[data-consent-problem]");
const started = new Set();
const tabs = new BroadcastChannel("consent");

const state = () => document.documentElement.dataset.consent;
const allows = (category) => (BITS[category] & Number(state())) > 0;

async function send(body) {
  const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
  if (response.status === 429) throw new Error(problem.dataset.consentBusy);
  if (response.type !== "opaqueredirect") throw new Error();
  document.dispatchEvent(new Event("consentchange"));
  tabs.postMessage("");
  // The browser may not keep cookies at all.
  if (state() === "ask") throw new Error();
}

async function submit(event, shown) {
  const sent = event.currentTarget;
  event.preventDefault();
  if (sent.ariaBusy) return;
  sent.ariaBusy = "true";
  shown.textContent = "";
  const body = new URLSearchParams(new FormData(sent, event.submitter));
  try {
    await send(body);
    confirm();
  } catch (error) {
    shown.textContent = (error instanceof TypeError ? "" : error.message) || problem.dataset.consentProblem;
  }
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
  template.after(content);
}

function start() {
  // What runs cannot be unloaded, so a page that lost a grant begins anew.
  if ([...started].some((category) => !allows(category))) return location.reload();
  for (const template of document.querySelectorAll("template[data-consent]")) {
    const category = template.dataset.consent;
    if (allows(category)) {
      started.add(category);
      load(template);
      template.remove();
    }
  }
  for (const embed of document.querySelectorAll("[data-embed]")) {
    if (allows(embed.dataset.embed)) show(embed);
  }
}

function show(embed) {
  load(embed.querySelector("template"));
  embed.querySelector("form").remove();
  delete embed.dataset.embed;
}

function offer(embed) {
  const choices = embed.querySelector("form");
  choices.hidden = false;
  choices.querySelector("[data-embed-once]").addEventListener("click", () => show(embed));
  choices.addEventListener("submit", (event) => submit(event, choices.lastElementChild));
}

// Whoever allows all has nothing to take back, and who keeps nothing neither.
async function clean() {
  const kept = document.cookie.split("; ").filter((text) => !/^(__Host-)?cc=|^$/.test(text));
  if (state() === "7" || !(kept.length + localStorage.length + sessionStorage.length)) return;
  const { takeBack } = await import(form.dataset.consentCleaner);
  await takeBack(new URL("declared.json", form.action), Number(state()) || 0);
}

function follow() {
  start();
  clean().catch(() => {});
}

if (form) {
  document.querySelectorAll("[data-embed]").forEach(offer);
  // The preferences page shows the stored choice, so there the reload is wanted.
  if (!document.querySelector("[data-consent-preferences]")) {
    form.addEventListener("submit", (event) => submit(event, problem));
  } else {
    tabs.postMessage("");
  }
  tabs.addEventListener("message", () => document.dispatchEvent(new Event("consentchange")));
  document.addEventListener("consentchange", follow);
  addEventListener("pageshow", (event) => event.persisted && follow());
  follow();
}
