// The number beside Work: asked for once a minute at most, whatever page one is on; Work itself knows it.
const place = document.querySelector(".spine nav a[href='/work']")
const here = () => document.querySelector("main [data-work-number]")?.dataset.workNumber
const [number, at] = JSON.parse(sessionStorage.work ?? '["",0]')

function show(number) {
  place.querySelector(".count")?.remove()
  if (number) place.insertAdjacentHTML("beforeend", ` <span class="count">${number}</span>`)
}

function learn(number) {
  sessionStorage.work = JSON.stringify([number, Date.now()])
  show(number)
}

async function asked() {
  const answer = await fetch("/work/count", { headers: { "Letterbook-Fragment": "1" } })
  return (await answer.text()).match(/work-number="([\d+]*)"/)?.[1]
}

if (here() !== undefined) learn(here())
else if (Date.now() - at > 60000) learn(await asked().catch(() => "") ?? "")
else show(number)
document.addEventListener("letterbook:renewed", () => { if (here() !== undefined) learn(here()) })
