#pragma once

// One heap for all threads. A heap a thread is for programs that allocate on many at once; the dashboard does so on one
// or two, and each heap keeps what was once its most: 3 MB of 8.
void start_with_one_heap(void);

// What is free inside the heap, whole pages of it.
void give_back_free_heap(void);
