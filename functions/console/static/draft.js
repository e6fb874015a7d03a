// Composing: half a minute after somebody began to write, it is a draft, and stays one with what they write on.

const form = document.querySelector("[data-compose]")
const AFTER = 30000
let timer

form.addEventListener("input", () => { timer ??= setTimeout(() => { form.saving = save().catch(() => {}) }, AFTER) })

// With the part that the preview renews: the server gives it back there.
function put(name, value) {
  for (const old of form.querySelectorAll(`input[type=hidden][name=${name}]`)) old.remove()
  if (value) form.querySelector("#form").append(Object.assign(document.createElement("input"), { type: "hidden", name, value }))
}

async function save() {
  timer = undefined
  if (form.dataset.going !== undefined || form.dataset.left !== undefined) return
  if (!form.elements.version) put("drafting", "1")
  const data = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"))
  data.set("do", "autosave")
  form.dispatchEvent(new Event("letterbook:saving", { bubbles: true }))
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { "Letterbook-Fragment": "1" } })
  if (answer.status === 401) document.dispatchEvent(new Event("letterbook:signed-out"))
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("draft")
  if (!fresh) return
  form.querySelector(".head .end").replaceWith(document.adoptNode(fresh))
  document.getElementById("told").textContent = fresh.firstChild.textContent.trim()
  if (!answer.ok) return
  const { action, version, began } = fresh.dataset
  put("drafting")
  put("version", version)
  put("began", began)
  if (form.getAttribute("action") !== action) {
    form.setAttribute("action", action)
    history.replaceState(history.state, "", action)
  }
  form.dispatchEvent(new Event("letterbook:saved", { bubbles: true }))
}
