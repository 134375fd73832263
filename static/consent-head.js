// Says on <html>, before first paint, what the visitor chose: "ask", or the bits "0" to "7";
// and how many material policies are new to someone whose grant they made void.
// The rules are those of peptidesite/consent/cookie.py.
(() => {
  const { policy, material } = document.currentScript.dataset;
  const DAYS_HELD = 180;
  const MILLISECONDS_A_DAY = 86400000;
  const FORMAT = /^1\.([1-9]\d{0,8})\.([0-7])\.(0|[1-9]\d{0,5})(?:\.[\w-]{16})?$/;
  const PREFIX = location.protocol === "https:" ? "__Host-cc=" : "cc=";

  function show() {
    const cookies = document.cookie.split("; ").filter((text) => text.startsWith(PREFIX));
    const cookie = cookies.length === 1 ? cookies[0] : "";
    const [, agreed, bits, day] = FORMAT.exec(cookie.slice(PREFIX.length)) ?? [];
    const age = Math.floor(Date.now() / MILLISECONDS_A_DAY) - day;
    const inTime = age >= -1 && age < DAYS_HELD;
    const news = material.split(" ").filter((number) => number > +agreed).length;
    const holds = inTime && (bits === "0" || (+agreed <= policy && !news));
    const otherwise = navigator.globalPrivacyControl === true ? "0" : "ask";
    const root = document.documentElement.dataset;
    root.consent = holds ? bits : otherwise;
    root.consentNews = inTime && bits !== "0" ? news : 0;
  }

  show();
  // A page from the back/forward cache may be older than the choice.
  addEventListener("pageshow", show);
  document.addEventListener("consentchange", show);
})();
