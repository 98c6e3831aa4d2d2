/*
 * Which scripts wait for which answers. Plain C that knows nothing of a server.
 *
 * A script is known by a number that the server uses again once the script is gone, so it proves
 * nothing: what counts is the request's number, which never comes twice. Nothing here keeps a script.
 * A wait goes from asked to answered to taken:
 *
 *     ask ──▶ ASKED ──answer──▶ ANSWERED ──take──▶ gone
 *                └──────────give up (time-out)──────▶ gone
 *
 * One thread. C11 and C++17.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef AI_BRIDGE_WAITS_H
#define AI_BRIDGE_WAITS_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	uint64_t request; /* 0: this place is free */
	uint32_t script;
	int64_t until;    /* when the script stops waiting, on the server's clock */
	int answered;
	int of_service;   /* the AI service was asked, and not another host */
	char *body;       /* the answer; null is "" */
} ai_wait;

typedef struct {
	ai_wait *places;
	uint32_t size;
	uint32_t count;   /* waits */
	uint32_t answered; /* of them */
} ai_waits;

enum {
	AI_WAIT_NONE,     /* the script asked nothing */
	AI_WAIT_ASKED,    /* no answer yet */
	AI_WAIT_ANSWERED, /* take it */
	AI_WAIT_OVER      /* no answer, and it was time */
};

/* Makes room for so many waits at once; 0 if memory ran out. */
static inline int ai_waits_make(ai_waits *waits, uint32_t size) {
	waits->places = (ai_wait *)calloc(size, sizeof(ai_wait));
	waits->size = waits->places == NULL ? 0 : size;
	waits->count = waits->answered = 0;
	return waits->places != NULL;
}

static inline void ai_waits_end(ai_waits *waits, ai_wait *wait) {
	waits->answered -= wait->answered != 0;
	waits->count--;
	free(wait->body);
	memset(wait, 0, sizeof *wait);
}

/* The wait of a request, or if that is 0 of a script; null if there is none. */
static inline ai_wait *ai_waits_find(ai_waits *waits, uint64_t request, uint32_t script) {
	uint32_t i, left = waits->count;
	for (i = 0; left > 0 && i < waits->size; i++) {
		ai_wait *wait = &waits->places[i];
		if (wait->request != 0) {
			if (request != 0 ? wait->request == request : wait->script == script) {
				return wait;
			}
			left--;
		}
	}
	return NULL;
}

static inline ai_wait *ai_waits_of_script(ai_waits *waits, uint32_t script) {
	return ai_waits_find(waits, 0, script);
}

/*
 * A script has asked. Returns the request of an earlier script with this number that nobody waits for
 * any more, or 0. Without room the request itself comes back.
 */
static inline uint64_t ai_waits_ask(ai_waits *waits, uint32_t script, uint64_t request, int64_t until,
	int of_service) {
	ai_wait *wait = ai_waits_of_script(waits, script);
	uint64_t gone = 0;
	uint32_t i;
	if (wait != NULL) {
		gone = wait->answered ? 0 : wait->request;
		ai_waits_end(waits, wait);
	}
	for (i = 0; i < waits->size; i++) {
		wait = &waits->places[i];
		if (wait->request == 0) {
			wait->request = request;
			wait->script = script;
			wait->until = until;
			wait->of_service = of_service;
			waits->count++;
			return gone;
		}
	}
	return request;
}

/* An answer has come; null is "". Returns the wait, or null if nobody waits for it. */
static inline ai_wait *ai_waits_answer(ai_waits *waits, uint64_t request, const char *body, size_t size) {
	ai_wait *wait = request == 0 ? NULL : ai_waits_find(waits, request, 0);
	if (wait == NULL || wait->answered) {
		return NULL;
	}
	if (body != NULL && size > 0) {
		wait->body = (char *)malloc(size + 1);
		if (wait->body != NULL) {
			memcpy(wait->body, body, size);
			wait->body[size] = 0;
		}
	}
	wait->answered = 1;
	waits->answered++;
	return wait;
}

/* How things stand for a script that is run again. */
static inline int ai_waits_look(ai_waits *waits, uint32_t script, int64_t now) {
	const ai_wait *wait = ai_waits_of_script(waits, script);
	if (wait == NULL) {
		return AI_WAIT_NONE;
	}
	if (wait->answered) {
		return AI_WAIT_ANSWERED;
	}
	return now >= wait->until ? AI_WAIT_OVER : AI_WAIT_ASKED;
}

/* Takes the answer, to be freed, and ends the wait; null is "". */
static inline char *ai_waits_take(ai_waits *waits, uint32_t script) {
	ai_wait *wait = ai_waits_of_script(waits, script);
	char *body = NULL;
	if (wait != NULL) {
		body = wait->body;
		wait->body = NULL;
		ai_waits_end(waits, wait);
	}
	return body;
}

#endif
