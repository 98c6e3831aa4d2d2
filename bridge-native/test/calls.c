/*
 * Every call after ai_bridge_open, where an allocation is counted and a call of the kernel is the end of the
 * process, but for the clock: `calls DIR`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "companion.h"

/* ---- what is allocated ---- */

static int allocations;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
	allocations++;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
	allocations++;
	return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
	allocations++;
	return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
	allocations++;
	return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
	return memalign(alignment, size);
}

int posix_memalign(void **to, size_t alignment, size_t size) {
	*to = memalign(alignment, size);
	return *to == NULL;
}

/* ---- the server ---- */

static int answers, timed_out, actions, lines;
static uint64_t action_number;

static void on_answer(void *context, uint64_t number, int status, const char *body, size_t size) {
	(void)context;
	(void)number;
	(void)body;
	answers += status == 200 && size == 5;
	timed_out += status == 0;
}

static void on_action(void *context, const ai_bridge_action *action) {
	(void)context;
	actions += ai_bridge_number(action, "amount", 1) == -5 && ai_bridge_text(action, "map") != NULL;
	action_number = action->number;
}

static void on_log(void *context, int level, const char *sentence) {
	(void)context;
	(void)level;
	lines += sentence[0] != 0;
}

static const ai_bridge_handlers handlers = {on_answer, on_action, NULL};

static void tick_for(ai_bridge *b, int64_t ms) {
	const int64_t end = nanos() + ms * 1000000;
	do {
		ai_bridge_tick(b, &handlers, 1000);
	} while (nanos() < end);
}

static void publish_all(ai_bridge *b) {
	static char large[70000];
	ai_bridge_field fields[4];
	ai_bridge_event e = ai_bridge_event_of(AI_BRIDGE_MVP_KILL, AI_BRIDGE_NO_PLAYER, "moc_pryd06");
	CHECK(ai_bridge_player_login(b, 1, "prontera") == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_player_logout(b, 1, "prontera") == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_npc_interaction(b, 1, "prontera", 2) == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_monster_kill(b, 1, "prontera", 1002) == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_mvp_kill(b, 1, "prontera", 1038) == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_daily_reset(b) == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_map_change(b, 1, "prontera", "geffen") == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_item_drop(b, 1, "prontera", 501, 1) == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_quest_complete(b, 1, "prontera", 60001) == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_trade_complete(b, 1, "prontera", 2, 1000) == AI_BRIDGE_TAKEN);
	fields[0] = ai_bridge_text_field("words", "good morning");
	fields[1] = ai_bridge_integer_field("level", 99);
	fields[2] = ai_bridge_real_field("share", 0.5);
	fields[3] = ai_bridge_boolean_field("first", 1);
	CHECK(ai_bridge_custom(b, "chat", 1, "prontera", fields, 4) == AI_BRIDGE_TAKEN);
	e.player_key = "550e8400-e29b-41d4-a716-446655440000";
	e.text1 = "Osiris";
	e.places = 3;
	CHECK(ai_bridge_publish(b, &e) == AI_BRIDGE_TAKEN);
	e.map = "a map\twith a tab";
	CHECK(ai_bridge_publish(b, &e) == AI_BRIDGE_MALFORMED);
	memset(large, 'a', sizeof large - 1);
	fields[0].text = large;
	CHECK(ai_bridge_custom(b, "chat", 1, "prontera", fields, 4) == AI_BRIDGE_TOO_LARGE);
	while (ai_bridge_monster_kill(b, 1, "prontera", 1002) == AI_BRIDGE_TAKEN) {
	}
	set32(header + 92, AI_BRIDGE_DISK_LOW);
	CHECK(ai_bridge_monster_kill(b, 1, "prontera", 1002) == AI_BRIDGE_DISK_LOW);
}

static void call_all(ai_bridge *b) {
	static char json[65536];
	uint64_t asked, forgotten;
	publish_all(b);
	asked = ai_bridge_http_get(b, "npc", "/ai", 60000);
	forgotten = ai_bridge_http_get(b, NULL, "/ai", 60000);
	CHECK(asked != 0 && forgotten != 0 && ai_bridge_http_post(b, "npc", "/ai", "{}", 2, 1) != 0);
	ai_bridge_forget(b, forgotten);
	write_answer(asked, 200, "hello");
	write_answer(forgotten, 200, "hello");
	write_action(77, 1000, "a-1", "spawn_monster");
	write_turn(3, "\1\0\0\0good morning", 16);
	tick_for(b, 30);
	CHECK(answers == 1 && timed_out == 1 && actions == 1);
	CHECK(ai_bridge_result(b, action_number, 1, "done") == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_result(b, action_number, 1, "done") == AI_BRIDGE_UNKNOWN);
	CHECK(ai_bridge_reload(b) == AI_BRIDGE_TAKEN);
	CHECK(ai_bridge_status(b, json, sizeof json) == 7);
	CHECK(ai_bridge_companion_alive(b) && ai_bridge_reason(AI_BRIDGE_OFF) != NULL);
	tick_for(b, 1100); /* It tells of the full ring and the disk. */
	set64(header + 72, 0);
	tick_for(b, 1100); /* And that the companion is gone. */
	CHECK(lines >= 5);
}

static void forbid_the_kernel(void) {
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 1, 0), /* where user space cannot read it */
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof rules / sizeof rules[0], rules};
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

int main(int argc, char **argv) {
	static char end[] = "no call allocates or calls the kernel\n";
	char why[256];
	ai_bridge_options o = {sizeof o, "calls", NULL, NULL, RING, 4, NULL, on_log, NULL};
	CHECK(argc == 2);
	snprintf(folder, sizeof folder, "%s", argv[1]);
	o.folder = folder;
	in_handler = ai_bridge_open(&o, why, sizeof why);
	CHECK(in_handler != NULL);
	CHECK(allocations >= 5); /* What open allocates is seen. */
	attach(1000);
	set64(header + 72, INT64_MAX / 2); /* The beat of a companion that lives on and on. */
	memcpy(door + HEADER, "{\"a\":1}", 7);
	set32(door + 72, 7);
	forbid_the_kernel();
	allocations = 0;
	call_all(in_handler);
	CHECK(allocations == 0);
	CHECK(write(1, end, sizeof end - 1) == (ssize_t)sizeof end - 1);
	_exit(0);
}
