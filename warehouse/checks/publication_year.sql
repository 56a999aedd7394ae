-- severity: warn
-- 出版年早于 1900 或晚于明年：多半是年份列错位或录入有误，请看该记录的来源文件与行号
select
    records.record_id,
    records.publication_year,
    records.source_file,
    records.source_row,
    records.source_file || ' 第 ' || records.source_row || ' 行：出版年 ' || records.publication_year as words
from lake.records as records
cross join lake.build as build
where
    records.publication_year < 1900
    or records.publication_year > cast(substr(build.build_id, 1, 4) as integer) + 1
order by records.record_id
