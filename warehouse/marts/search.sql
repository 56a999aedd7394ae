-- 检索完整性：命中、实得、重复、缺少与疑缺的区间；仍不完整且没有更新检索的（is_lacking），报告会注明
-- grain: one row per source, database, search and search date (a batch without the text is a search of its own)
select
    source,
    database,
    search,
    search_date,
    batch_ids,
    hits_count,
    files_count,
    rows_count,
    records_count,
    overlaps_count,
    missing_count,
    is_complete,
    is_superseded,
    not is_complete and not is_superseded as is_lacking,
    completeness_words
from lake.searches
