// Questions to the server that this page came from; nothing else is ever asked.

export class Problem extends Error {
  constructor(message, hint = "") {
    super(message);
    this.hint = hint;
  }
}

/** The answer to a question. Throws a Problem with words for the reader. */
export async function ask(question, fields = {}) {
  let response;
  try {
    response = await fetch(`api/${question}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
  } catch {
    throw new Problem("The viewer does not answer.", "start `enterpriselab view` again and open its new address");
  }
  const answer = await response.json();
  if (answer.error) throw new Problem(answer.error.message, answer.error.hint);
  return answer;
}

/** Lets only the last of several questions have its say: `await latest(promise)` never ends for overtaken ones. */
export function lastOnly() {
  let newest = 0;
  return (promise) => {
    const mine = ++newest;
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => mine === newest && resolve(value),
        (error) => mine === newest && reject(error),
      );
    });
  };
}
