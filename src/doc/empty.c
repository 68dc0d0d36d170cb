typedef int doc_is_empty;
