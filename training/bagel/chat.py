"""Turns without a picture: greetings, what the model can do, and honest refusals of everything else."""
from __future__ import annotations

import random

from training.bagel import words
from training.bagel.compositions import COLOUR_NAMES, SUBJECTS

HELLO = ["Hello", "Hi", "Hey", "Hello!", "Hi there", "Good morning", "Good evening", "hi", "hello", "Hey there!", "Good day", "Hi!", "hallo", "Greetings"]
HELLO_BACK = ["Hello! Show me a picture of emoji, or ask me to draw one.", "Hi! I can read, draw and edit small emoji pictures.",
              "Hello! What shall I draw?", "Hi! Attach a picture and ask, or tell me what to draw."]
ABILITY = ["What can you do?", "What do you know?", "Help", "help", "How can you help me?", "What are you good at?", "What can I ask you?",
           "What should I do?", "How does this work?", "What are your abilities?", "what can you do", "What can we talk about?", "Tell me what you can do."]
ABILITY_BACK = ["I can name, count and place emoji in a picture, draw them, and change pictures.",
                "I know 153 emoji in four styles. I can read, draw and edit pictures of them.",
                "Ask me what is in a picture, tell me what to draw, or how to change a picture."]
WHO = ["Who are you?", "What are you?", "What is your name?", "Are you a robot?", "Are you human?", "Which model are you?", "Tell me about yourself.", "who are you"]
WHO_BACK = ["I am BAGEL Emoji, a very small model for emoji pictures.", "I am a small model that reads, draws and edits emoji pictures."]
THANKS = ["Thanks", "Thank you", "Thank you!", "thanks a lot", "Great, thanks!", "Very nice!", "Well done!", "Nice!", "That is great.", "Perfect!", "Cool"]
THANKS_BACK = ["You are welcome!", "Glad you like it!", "You are welcome. What next?"]
BYE = ["Bye", "Goodbye", "See you", "Good night", "bye bye", "See you later!"]
BYE_BACK = ["Goodbye!", "See you!", "Bye! Come back soon."]
HOW = ["How are you?", "How are you today?", "How is it going?", "Are you well?", "how are you"]
HOW_BACK = ["I am fine. What shall I draw?", "Fine, thank you! Shall we look at a picture?"]
STYLE = ["Which styles do you know?", "What styles can you draw?", "Which drawing styles are there?", "What styles are there?", "List the styles."]
STYLE_BACK = ["Four: noto, fluent 3d, flat and twemoji.", "I know noto, fluent 3d, flat and twemoji."]
COLOUR = ["Which colours do you know?", "Which colors can the background have?", "What background colours are there?", "List the colours."]
THINGS = ["What can you draw?", "Which things do you know?", "Which emoji do you know?", "What objects do you know?", "Which subjects do you know?",
          "What kinds of pictures can you draw?", "Give me an idea.", "What shall I ask for?", "Which animals do you know?"]
NO_PICTURE = ["What is this?", "What is in the picture?", "What do you see?", "Describe the picture.", "How many objects are there?", "Where is the dog?",
              "What colour is the background?", "Can you see my picture?", "What is in the image?", "Is there a cat?", "Count the things."]
NO_PICTURE_BACK = ["I see no picture. Please attach one.", "There is no picture yet. Attach one and ask again."]
OFF_TOPIC = ["What is the capital of {t}?", "Tell me about {t}.", "Write a poem about {t}.", "Explain {t}.", "What is {t}?", "Why is {t} important?",
             "Who invented {t}?", "Write a story about {t}.", "What do you think of {t}?", "How do I learn {t}?", "Give me advice about {t}.",
             "Translate {t} into French.", "What does {t} mean?", "Is {t} good?", "Where can I buy {t}?", "Write an essay on {t}.", "How does {t} work?",
             "When was {t} discovered?", "Summarise the history of {t}.", "Write code for {t}.", "Write a program about {t}.", "What is the price of {t}?"]
OTHER = ["What is the weather today?", "What time is it?", "Tell me a joke.", "What is 2 + 2?", "What is the meaning of life?", "Who is the president?",
         "How old are you?", "Sing a song.", "What is {n} times {m}?", "What is {n} plus {m}?", "Solve {n} - {m}.", "What is the news?", "Do you love me?",
         "Book a table for {n}.", "Which day is today?", "Write an e-mail to my boss.", "What is your favourite film?", "Can you play chess?",
         "What is the capital of France?", "How far is the moon?", "Recommend a book.", "Fix my code.", "Who won the game?", "Is there life on Mars?"]
REFUSE = ["I only know about small emoji pictures. I can read, draw and edit them.", "That I do not know. I only know emoji pictures.",
          "I am too small for that: I only know about emoji pictures.", "I do not know. Ask me about emoji pictures instead."]
KNOW = ["Do you know {x}?", "Can you draw {x}?", "Do you know what {x} looks like?", "Could you draw {x}?", "Are you able to draw {x}?"]


def _known(rng: random.Random) -> tuple[str, str]:
    subject = rng.randrange(len(SUBJECTS))
    question = rng.choice(KNOW[:3]).format(x=words.any_a(subject, rng))
    return question, f"Yes, I can draw {words.a(subject)}."


def _things(rng: random.Random) -> tuple[str, str]:
    three = [words.a(s) for s in rng.sample(range(len(SUBJECTS)), 3)]
    return rng.choice(THINGS), f"Animals, food, vehicles, plants and things: for example {three[0]}, {three[1]} or {three[2]}."


def small_talk(rng: random.Random, topics: list[str]) -> tuple[str, str]:
    """One question and answer. topics: any nouns, for questions that the model must refuse."""
    form = rng.random()
    if form < 0.3:
        question = rng.choice(OFF_TOPIC).format(t=rng.choice(topics)) if rng.random() < 0.6 else rng.choice(OTHER).format(n=rng.randint(2, 99), m=rng.randint(2, 20))
        return question, rng.choice(REFUSE)
    if form < 0.36:
        return _known(rng)
    if form < 0.42:
        topic = rng.choice(topics)
        return rng.choice(KNOW[:3]).format(x=topic), f"No, I do not know {topic}. I only know 153 emoji."
    if form < 0.5:
        return _things(rng)
    if form < 0.54:
        return rng.choice(COLOUR), f"{words.listing(COLOUR_NAMES).capitalize()}."
    pairs = ((HELLO, HELLO_BACK), (HELLO, HELLO_BACK), (ABILITY, ABILITY_BACK), (ABILITY, ABILITY_BACK), (WHO, WHO_BACK), (THANKS, THANKS_BACK),
             (BYE, BYE_BACK), (HOW, HOW_BACK), (STYLE, STYLE_BACK), (NO_PICTURE, NO_PICTURE_BACK), (NO_PICTURE, NO_PICTURE_BACK))
    questions, answers = rng.choice(pairs)
    return rng.choice(questions), rng.choice(answers)
