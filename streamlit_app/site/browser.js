// Streamlit draws the pages; this does what it leaves out. Mounted once a page, set up once a browser tab.
export default function ({ data, setTriggerValue }) {
  queue.drawn = data;
  queue.tell = setTriggerValue;
  takeNext();
  if (document.body.classList.contains("gk-listens")) return;
  makeQuestionsSteps();
  document.addEventListener("click", onClick);
  document.body.classList.add("gk-listens");
  mendRoles();
  new MutationObserver(mendRoles).observe(document.body, { childList: true, subtree: true });
}

// Of two that are asked for at once, Streamlit forgets one: a button waits for the page that is on its way, and
// everything for a button. `drawn` is what the server said last: its page, and how many buttons it has dealt with.
const queue = (window.gkQueue ??= { drawn: {}, tell: null, asked: [], told: null, page: null });

function ask(what) {
  queue.asked.push(what);
  takeNext();
}

function takeNext() {
  const { drawn, told } = queue;
  if (told && drawn.done > told.done) {
    queue.asked.shift();
    queue.told = null;
  }
  if (queue.page === drawn.page) queue.page = null;
  const next = queue.asked[0];
  if (!next || queue.told || (next.button && queue.page !== null)) return;
  if (next.href) {
    queue.asked.shift();
    follow(next.href);
    takeNext();
  } else {
    const sent = (queue.told = { done: drawn.done });
    queue.tell(next.button, next.name);
    setTimeout(() => {
      // the connection may have been down
      if (queue.told !== sent) return;
      queue.told = null;
      takeNext();
    }, 3000);
  }
}

function follow(href) {
  const page = new URL(href).pathname.split("/").pop();
  if (page !== queue.drawn.page) queue.page = page;
  history.pushState({}, "", href);
  window.dispatchEvent(new PopStateEvent("popstate"));
  document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
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
    ask({ href: link.href });
  }
  const button = event.target.closest?.("button[data-gk]");
  if (!button) return;
  if (button.dataset.gk === "copy") copyAddress(button);
  else ask({ button: button.dataset.gk, name: button.dataset.name });
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
