/*
 * Optional lines in rAthena's own functions, for events that nothing else tells. docs/rathena.md says
 * which line goes where. A line that is compiled in is found at boot, and takes the place of the way
 * without it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef AI_BRIDGE_CORE_H
#define AI_BRIDGE_CORE_H

class map_session_data;

enum ai_bridge_line {
	AI_LINE_CLICK,
	AI_LINE_KILL,
	AI_LINE_MAP,
	AI_LINE_DROP,
	AI_LINE_MOB_DROP,
	AI_LINE_QUEST,
	AI_LINE_TRADE,
	AI_LINES
};

void ai_bridge_on_click(map_session_data *sd, int npc);
void ai_bridge_on_kill(map_session_data *killer, map_session_data *mvp, int mob);
void ai_bridge_on_map(map_session_data *sd, unsigned short to);
void ai_bridge_on_drop(map_session_data *sd, unsigned int item, int amount);
void ai_bridge_on_mob_drop(short map, short x, short y, unsigned int item, int amount);
void ai_bridge_on_quest(map_session_data *sd, int quest);
void ai_bridge_on_trade(map_session_data *sd, map_session_data *other, int paid, int got);

/* Notes before main() that a line is there. */
bool ai_bridge_has_line(ai_bridge_line line);

template <ai_bridge_line LINE> struct ai_bridge_line_of {
	static const bool there;
};
template <ai_bridge_line LINE> const bool ai_bridge_line_of<LINE>::there = ai_bridge_has_line(LINE);

#define AI_BRIDGE_LINE(line, call) ((void)ai_bridge_line_of<line>::there, call)

#define AI_BRIDGE_ON_CLICK(sd, npc) AI_BRIDGE_LINE(AI_LINE_CLICK, ai_bridge_on_click(sd, npc))
#define AI_BRIDGE_ON_KILL(killer, mvp, mob) AI_BRIDGE_LINE(AI_LINE_KILL, ai_bridge_on_kill(killer, mvp, mob))
#define AI_BRIDGE_ON_MAP(sd, to) AI_BRIDGE_LINE(AI_LINE_MAP, ai_bridge_on_map(sd, to))
#define AI_BRIDGE_ON_DROP(sd, item, amount) AI_BRIDGE_LINE(AI_LINE_DROP, ai_bridge_on_drop(sd, item, amount))
#define AI_BRIDGE_ON_MOB_DROP(m, x, y, item, amount) \
	AI_BRIDGE_LINE(AI_LINE_MOB_DROP, ai_bridge_on_mob_drop(m, x, y, item, amount))
#define AI_BRIDGE_ON_QUEST(sd, quest) AI_BRIDGE_LINE(AI_LINE_QUEST, ai_bridge_on_quest(sd, quest))
#define AI_BRIDGE_ON_TRADE(sd, other, paid, got) \
	AI_BRIDGE_LINE(AI_LINE_TRADE, ai_bridge_on_trade(sd, other, paid, got))

#endif
