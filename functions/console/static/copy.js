// What stands in a field is copied by a button, which is not there without script.

function show(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false
}

addEventListener("click", async event => {
  const button = event.target.closest?.("[data-copy]")
  if (!button) return
  const field = document.getElementById(button.dataset.copy)
  field.select()
  const copied = await navigator.clipboard?.writeText(field.value).then(() => true, () => false)
  document.getElementById("told").textContent = copied ? "Copied" : "Selected: copy it with your keyboard"
  if (copied) button.textContent = "Copied"
})
document.addEventListener("letterbook:renewed", event => show(event.detail.root))
show(document)
