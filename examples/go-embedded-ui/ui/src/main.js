import "./style.css";

const list = document.querySelector("#notes");

async function show() {
  const response = await fetch("/api/notes");
  if (!response.ok) {
    throw new Error(`the server answered ${response.status}`);
  }
  for (const note of await response.json()) {
    const item = document.createElement("li");
    item.textContent = note.text;
    list.append(item);
  }
}

show().catch((error) => {
  list.textContent = error.message;
});
