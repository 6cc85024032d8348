#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLibc.h"

#ifdef __GLIBC__
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// Whether the loader has changed what is there to be read and run only, as no compiler of today asks it to.
static bool is_relocated(const struct dl_phdr_info *object) {
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        if (object->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
        const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_TEXTREL) return true;
            if (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL) return true;
        }
    }
    return false;
}

static int let_go(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size, (void)context;
    if (is_relocated(object)) return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        // What the loader changes, and protects afterwards, is of segments that may be written to.
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        uintptr_t address = object->dlpi_addr + segment->p_vaddr;
        uintptr_t begin = (address + page - 1) / page * page, end = (address + segment->p_memsz) / page * page;
        if (begin < end) madvise((void *)begin, end - begin, MADV_DONTNEED);
    }
    return 0;
}

// The loader loads nothing while it walks through what it has loaded.
void clibc_let_go_of_pages(void) { dl_iterate_phdr(let_go, NULL); }
#else
void clibc_let_go_of_pages(void) {}
#endif
