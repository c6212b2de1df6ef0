/** The comments of one page; the script that draws them is named in index.html. A changed key gives each page its own. */
export function Comments({ site, thread }) {
  return <lychgate-comments key={thread} site={site} thread={thread}></lychgate-comments>;
}
