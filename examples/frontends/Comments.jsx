import { useEffect } from "react";

export function Comments({ server, site, thread }) {
  useEffect(() => {
    if (customElements.get("lychgate-comments")) return;
    const script = document.createElement("script");
    script.src = `${server}/embed.js`;
    script.async = true;
    document.head.append(script);
  }, [server]);
  return <lychgate-comments key={thread} site={site} thread={thread} server={server}></lychgate-comments>;
}
