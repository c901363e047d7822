import { describe, expect, test } from 'vitest';
import { analyzed, proved } from '../solve/analyzed.ts';

const header = `#include <linux/maple_tree.h>
extern struct maple_tree leases;
struct lease { bool revoked; };
static inline void lease_lock(void) __acquires(&leases.ma_lock) { mtree_lock(&leases); }
static inline void lease_unlock(void) __releases(&leases.ma_lock) { mtree_unlock(&leases); }
struct lease *lease_find_locked(unsigned long id);
`;
const table = `#include "lease.h"
struct maple_tree leases = MTREE_INIT(leases, MT_FLAGS_USE_RCU);
struct lease *lease_find_locked(unsigned long id)
{
	MA_STATE(mas, &leases, id, id);
	struct lease *l;
	lease_lock();
	l = mas_walk(&mas);
	if (!l)
		lease_unlock();
	return l;
}
int lease_clear(unsigned long id)
{
	MA_STATE(mas, &leases, id, id);
	return mas_store_gfp(&mas, NULL, GFP_ATOMIC);
}
`;

describe('a tree of C that a header declares, and one file defines', () => {
  test('is one for what the header wraps and for the file', () => {
    expect(proved(analyzed({ 'd/lease.h': header, 'd/table.c': table }))).toEqual([
      'd/table.c:16 require-write-lock',
    ]);
  });

  test('is followed into files that lock it by those wrappers alone', () => {
    const client = `#include "lease.h"
int client_use(unsigned long id)
{
	struct lease *l = lease_find_locked(id);
	if (!l)
		return -ENOENT;
	if (l->revoked)
		return -ESTALE;
	lease_unlock();
	return 0;
}
`;
    const other = client.replace('"lease.h"', '"other.h"').replace('client_use', 'other_use');
    const files = { 'd/lease.h': header, 'd/table.c': table, 'd/client.c': client, 'd/other.c': other };
    expect(proved(analyzed(files))).toEqual([
      'd/client.c:4 require-unlock',
      'd/table.c:16 require-write-lock',
    ]);
  });
});
