-- severity: warn
-- 同一来源同一入藏号在库里有两条记录：多半是入藏号写法变了，请看这两条记录的来源文件
select
    source,
    accession_number,
    count(*) as records_count,
    min(record_id) as first_record_id,
    max(record_id) as last_record_id,
    source || ' ' || accession_number || ' 有 ' || count(*) || ' 条记录' as words
from lake.records
where accession_number is not null
group by source, accession_number
having count(*) > 1
order by source, accession_number
