// Streamlit draws the pages; this does what it leaves out. Mounted once a page, set up once a browser tab.
export default function ({ setTriggerValue }) {
  window.gkTell = setTriggerValue;
  if (window.gkIsSetUp) return;
  window.gkIsSetUp = true;
  makeQuestionsSteps();
  document.addEventListener("click", onClick);
  document.body.classList.add("gk-listens");
  mendRoles();
  new MutationObserver(mendRoles).observe(document.body, { childList: true, subtree: true });
}

// Widgets that are bound to the address replace it; then Back would leave the app instead of going to the last question.
function makeQuestionsSteps() {
  const replace = history.replaceState.bind(history);
  const push = history.pushState.bind(history);
  const read = (search) => new URLSearchParams(search).toString();
  history.replaceState = (state, unused, url) => {
    const next = new URL(url ?? location.href, location.href);
    const isStep = next.pathname === location.pathname && read(next.search) !== read(location.search);
    (isStep ? push : replace)(state, unused, url);
  };
}

function onClick(event) {
  const link = event.target.closest?.("a.gk-link");
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
    // a plain link would load everything anew and lose the session: its uploads and its tray
    event.preventDefault();
    history.pushState({}, "", link.href);
    window.dispatchEvent(new PopStateEvent("popstate"));
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  }
  const button = event.target.closest?.("button[data-gk]");
  if (!button) return;
  if (button.dataset.gk === "copy") copyAddress(button);
  else window.gkTell(button.dataset.gk, button.dataset.name);
}

async function copyAddress(button) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Copied";
  } catch {
    // without https, browsers keep the clipboard to themselves
    window.prompt("Copy this address", location.href);
  }
  setTimeout(() => (button.textContent = words), 2000);
}

// Streamlit 1.67 says of the place for files that it has no meaning, and names it all the same.
function mendRoles() {
  document.querySelectorAll("[data-testid=stFileUploaderDropzone][role=presentation]")
    .forEach((place) => place.setAttribute("role", "group"));
}
