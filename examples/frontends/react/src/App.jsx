import { useState } from "react";

import { Comments } from "./Comments.jsx";

const ARTICLES = { "a-good-harvest": "A good harvest", "first-frost": "First frost" };

/** Two articles, each with comments of its own; a router would do the same. */
export function App() {
  const [thread, setThread] = useState("a-good-harvest");
  return (
    <main>
      <nav>
        {Object.entries(ARTICLES).map(([id, title]) => (
          <button key={id} onClick={() => setThread(id)}>{title}</button>
        ))}
      </nav>
      <h1>{ARTICLES[thread]}</h1>
      <Comments site={import.meta.env.VITE_LYCHGATE_SITE} thread={thread} />
    </main>
  );
}
