/* What the library's tests share. SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_H
#define CHECK_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHECK(what)                                                                   \
	do {                                                                              \
		if (!(what)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);         \
			exit(1);                                                                  \
		}                                                                             \
	} while (0)

#ifdef CLOCK_MONOTONIC /* plain C11 has no such clock */
static inline int64_t nanos(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
#endif

#endif
