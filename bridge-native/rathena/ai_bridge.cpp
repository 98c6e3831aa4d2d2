// The AI bridge's library, compiled as rAthena compiles. Goes to src/map/.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "../custom/ai_bridge/ai_bridge.c"
