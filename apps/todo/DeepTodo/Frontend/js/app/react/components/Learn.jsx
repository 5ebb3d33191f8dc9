import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';

/** The sidebar told by learn.json, which the app's init hook copies into the root microapplication; without that file there is no sidebar. */
export function Learn({ url }) {
  const [text, setText] = useState(null);

  useEffect(() => {
    fetchLearn(url).then(setText, () => {});
  }, [url]);

  useEffect(() => {
    if (text === null) return undefined;
    document.body.classList.add('learn-bar');
    return () => document.body.classList.remove('learn-bar');
  }, [text]);

  if (text === null) return null;
  return createPortal(
    <aside className="learn" aria-label="Learn more">
      <h2>{text.name}</h2>
      <p>{text.description}</p>
      <Links links={text.examples} />
      {text.link_groups.map(({ heading, links }) => (
        <section key={heading}>
          <h3>{heading}</h3>
          <Links links={links} />
        </section>
      ))}
    </aside>,
    document.body,
  );
}

function Links({ links }) {
  return (
    <ul>
      {links.map(({ name, url }) => (
        <li key={url}>
          <a href={url}>{name}</a>
        </li>
      ))}
    </ul>
  );
}

async function fetchLearn(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()).deep;
}
