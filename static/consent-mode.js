// Google Consent Mode v2, for services that ask for it: loaded with the grant, before them.
(() => {
  const SIGNALS = {
    ad_storage: 1,
    ad_user_data: 1,
    ad_personalization: 1,
    analytics_storage: 2,
    functionality_storage: 4,
    personalization_storage: 4,
  };
  window.dataLayer ||= [];

  function gtag() {
    dataLayer.push(arguments);
  }

  function signal(command, bits) {
    const granted = ([name, bit]) => [name, bit & bits ? "granted" : "denied"];
    gtag("consent", command, Object.fromEntries(Object.entries(SIGNALS).map(granted)));
  }

  function update() {
    signal("update", Number(document.documentElement.dataset.consent) || 0);
  }

  window.gtag ||= gtag;
  signal("default", 0);
  update();
  document.addEventListener("consentchange", update);
})();
