-- 作者对人还有多少待核，集中在哪些学院
-- 读法：一行一学院；待核多的先导出该院的清单：xueheng review export people；占比高多半是名册缺人
-- 参数：起止年
-- 数据库：people（含个人信息，须有文件权限；读 people.lake.person_matches：待核只在那里）
with 参数 as (
    select
        2015 as 起始年,
        2026 as 截止年
)

select
    coalesce(units.name_zh, '未归属学院') as 学院,
    count(*) as 本校署名,
    count(*) filter (where matches.decision = 'match') as 已认定,
    count(*) filter (where matches.decision = 'review') as 待核,
    count(*) filter (where matches.decision = 'no_match') as 名册无此人,
    round(100 * count(*) filter (where matches.decision = 'review') / count(*), 1) as 待核占比
from people.lake.person_matches as matches
inner join marts.work as works on matches.work_id = works.work_id
inner join 参数 on works.publication_year between 参数.起始年 and 参数.截止年
left join indicators.unit_college as colleges on matches.unit_id = colleges.unit_id
left join lake.units as units on colleges.current_college_id = units.unit_id
group by units.unit_id, units.name_zh
order by 待核 desc, 本校署名 desc, units.unit_id asc
