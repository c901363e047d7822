/** Small programs of some files that have to do with each other in every way that linking knows. */
export const TYPESCRIPT: Readonly<Record<string, string>> = {
  'src/helpers.ts': `import { MA_STATE, mas_store, mas_erase, mtree_lock, mtree_unlock, type MapleTree } from '@maplelock/core';
export const limit = 10;
export function put(tree: MapleTree<string>, value: string): number {
  return mas_store(MA_STATE(tree, 1, limit), value);
}
export function drop(tree: MapleTree<string>): void {
  void mas_erase(MA_STATE(tree, 1, 1));
}
export function unlocked<R>(tree: MapleTree<string>, run: () => R): R {
  mtree_unlock(tree);
  try {
    return run();
  } finally {
    mtree_lock(tree);
  }
}
`,
  'src/index.ts': `export { put as store, drop } from './helpers.ts';
export * from './pool.ts';
export const api = '@maplelock/core';
import { mtree_store } from '@maplelock/core';
void mtree_store;
`,
  'src/pool.ts': `import { MapleTree, MTREE_INIT_EXT, Mutex, mtree_lock, mtree_unlock, mt_set_external_lock } from '@maplelock/core';
import { put, unlocked } from './helpers.ts';
export class Pool {
  readonly tree = new MapleTree<string>();
  readonly gate = new Mutex();
  put(value: string): void {
    mtree_lock(this.tree);
    void put(this.tree, value);
    mtree_unlock(this.tree);
  }
  swap(other: Pool): void {
    mtree_lock(this.tree);
    mtree_lock(other.tree);
    unlocked(this.tree, () => void put(other.tree, 'x'));
    mtree_unlock(other.tree);
    mtree_unlock(this.tree);
  }
  lock(): void {
    mtree_lock(this.tree);
  }
  unlock(): void {
    mtree_unlock(this.tree);
  }
}
export const shared = new Pool();
export const outside = MTREE_INIT_EXT(0, shared.gate);
mt_set_external_lock(outside, shared.gate);
`,
  'src/use.ts': `import { mtree_lock, mtree_unlock, mtree_load, MA_STATE, mas_find } from '@maplelock/core';
import { store, drop, Pool, shared } from './index.ts';
export function right(pool: Pool): void {
  pool.lock();
  void store(pool.tree, 'a');
  pool.unlock();
}
export function bare(pool: Pool): void {
  drop(pool.tree);
}
export function nested(pool: Pool): void {
  pool.lock();
  mtree_lock(shared.tree);
  mtree_unlock(shared.tree);
  pool.unlock();
}
export function other(pool: Pool): void {
  mtree_lock(shared.tree);
  pool.lock();
  pool.unlock();
  mtree_unlock(shared.tree);
}
export const later = (pool: Pool): string | null => {
  setTimeout(() => drop(pool.tree), 1);
  const mas = MA_STATE(pool.tree, 0, 5);
  pool.lock();
  const found = mas_find(mas, 5);
  pool.unlock();
  return found ?? mtree_load(pool.tree, 1);
};
`,
  'src/even.ts': `import { mtree_lock, mtree_unlock, type MapleTree } from '@maplelock/core';
import { odd } from './odd.ts';
export function even(tree: MapleTree<string>, n: number): boolean {
  if (n === 0) return true;
  mtree_lock(tree);
  const result = odd(tree, n - 1);
  mtree_unlock(tree);
  return result;
}
`,
  'src/odd.ts': `import { mtree_store, type MapleTree } from '@maplelock/core';
import { even } from './even.ts';
export function odd(tree: MapleTree<string>, n: number): boolean {
  if (n === 0) return mtree_store(tree, 1, 'odd') === 0;
  return even(tree, n - 1);
}
`,
};

export const C: Readonly<Record<string, string>> = {
  'lib/dev.c': `#include <linux/maple_tree.h>
#include "dev.h"
static DEFINE_MUTEX(devices_lock);

static int dev_put(struct ma_state *mas, void *entry)
{
	return mas_store_gfp(mas, entry, GFP_KERNEL);
}

void dev_init(struct dev *dev)
{
	mt_init_flags(&dev->spans, MT_FLAGS_USE_RCU | MT_FLAGS_LOCK_EXTERN);
	mt_set_external_lock(&dev->spans, &dev->lock);
	mt_init(&dev->owned);
}

int dev_add(struct dev *dev, unsigned long at, void *entry)
{
	int ret;
	MA_STATE(mas, &dev->owned, at, at);

	dev_lock(dev);
	mas_lock(&mas);
	ret = dev_put(&mas, entry);
	mas_unlock(&mas);
	dev_unlock(dev);
	return ret;
}

void dev_both(struct dev *dev)
{
	mutex_lock(&devices_lock);
	dev_lock(dev);
	dev_unlock(dev);
	mutex_unlock(&devices_lock);
}

void dev_register(struct dev *dev)
{
	dev_lock(dev);
	dev_announce(dev, &devices_lock);
	dev_unlock(dev);
}
`,
  'lib/use.c': `#include <linux/maple_tree.h>
#include "dev.h"

int dev_add(struct dev *dev, unsigned long at, void *entry);
extern struct mutex big_lock;

void dev_announce(struct dev *dev, struct mutex *lock)
{
	mutex_lock(lock);
	big_start();
	mutex_unlock(lock);
}

static void big_start(void)
{
	mutex_lock(&big_lock);
	mutex_unlock(&big_lock);
}

void *use_find(struct dev *dev, unsigned long at)
{
	void *entry;
	MA_STATE(mas, &dev->spans, at, at);

	rcu_read_lock();
	entry = mas_walk(&mas);
	rcu_read_unlock();
	dev_add(dev, at, entry);
	return mas_find(&mas, at + 1);
}

void use_bare(struct dev *dev)
{
	MA_STATE(mas, &dev->spans, 0, 0);

	mas_erase(&mas);
}
`,
  'lib/array.c': `#include <linux/xarray.h>
#include "dev.h"

static void array_clear(struct xa_state *xas)
{
	xas_store(xas, NULL);
}

void array_drop(struct dev *dev, unsigned long at)
{
	XA_STATE(xas, &dev->array, at);

	xas_lock(&xas);
	array_clear(&xas);
	xas_unlock(&xas);
	array_clear(&xas);
}

int array_recurse(struct dev *dev, int n)
{
	int ret = 0;

	xa_lock(&dev->array);
	if (n)
		ret = array_recurse(dev, n - 1);
	xa_unlock(&dev->array);
	return ret;
}
`,
};

/** Found by the includes of the C program. */
export const HEADERS: Readonly<Record<string, string>> = {
  'dev.h': `#include "locks.h"
struct dev {
	struct maple_tree spans;
	struct maple_tree owned;
	struct xarray array;
	struct mutex lock;
};

static inline void dev_lock(struct dev *dev)
{
	take(&dev->lock);
}

static inline void dev_unlock(struct dev *dev)
{
	mutex_unlock(&dev->lock);
}
`,
  'locks.h': `static inline void take(struct mutex *lock)
{
	mutex_lock(lock);
}
`,
};
