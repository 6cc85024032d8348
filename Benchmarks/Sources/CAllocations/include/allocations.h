#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

/// How often this thread has asked for memory since it began: malloc, calloc, realloc and their aligned kin.
unsigned long thread_allocations(void);

/// How many bytes of the heap are in use.
unsigned long heap_in_use(void);

#endif
