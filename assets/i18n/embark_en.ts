<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>DestroyPanel</name>
    <message numerus="yes">
        <source>%n finished piece(s) would be lost: only this machine has them.</source>
        <translation>
            <numerusform>%Ln finished piece would be lost: only this machine has them.</numerusform>
            <numerusform>%Ln finished pieces would be lost: only this machine has them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FindingsCard</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%Ln token</numerusform>
            <numerusform>%Ln tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Found</name>
    <message numerus="yes">
        <source>items in %n file(s)</source>
        <translation>
            <numerusform>items in %Ln file</numerusform>
            <numerusform>items in %Ln files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>variables in %n row(s)</source>
        <translation>
            <numerusform>variables in %Ln row</numerusform>
            <numerusform>variables in %Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s)</source>
        <translation>
            <numerusform>%Ln item</numerusform>
            <numerusform>%Ln items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n missing</source>
        <translation>
            <numerusform>%Ln missing</numerusform>
            <numerusform>%Ln missing</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n subject(s)</source>
        <translation>
            <numerusform>All %Ln subject</numerusform>
            <numerusform>All %Ln subjects</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ItemCard</name>
    <message numerus="yes">
        <source>... and %n more character(s).</source>
        <translation>
            <numerusform>... and %Ln more character.</numerusform>
            <numerusform>... and %Ln more characters.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ItemsPage</name>
    <message numerus="yes">
        <source>(%n left out)</source>
        <translation>
            <numerusform>(%Ln left out)</numerusform>
            <numerusform>(%Ln left out)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MachinePage</name>
    <message numerus="yes">
        <source>%n machine(s) fit, looked at {clock}</source>
        <translation>
            <numerusform>%Ln machine fit, looked at {clock}</numerusform>
            <numerusform>%Ln machines fit, looked at {clock}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>More</name>
    <message numerus="yes">
        <source>The size of %n picture(s) is not known yet: counted as the largest allowed.</source>
        <translation>
            <numerusform>The size of %Ln picture is not known yet: counted as the largest allowed.</numerusform>
            <numerusform>The size of %Ln pictures is not known yet: counted as the largest allowed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PracticeCard</name>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>%Ln core</numerusform>
            <numerusform>%Ln cores</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProblemsDialog</name>
    <message numerus="yes">
        <source>%n item(s)</source>
        <translation>
            <numerusform>%Ln item</numerusform>
            <numerusform>%Ln items</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResultPage</name>
    <message numerus="yes">
        <source>%n check(s) failed</source>
        <translation>
            <numerusform>%Ln check failed</numerusform>
            <numerusform>%Ln checks failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) can no longer be found.</source>
        <translation>
            <numerusform>%Ln item can no longer be found.</numerusform>
            <numerusform>%Ln items can no longer be found.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewPage</name>
    <message numerus="yes">
        <source>%n of them with a picture</source>
        <translation>
            <numerusform>%Ln of them with a picture</numerusform>
            <numerusform>%Ln of them with a picture</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s)</source>
        <translation>
            <numerusform>%Ln item</numerusform>
            <numerusform>%Ln items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n prompt(s)</source>
        <translation>
            <numerusform>%Ln prompt</numerusform>
            <numerusform>%Ln prompts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SeriesTab</name>
    <message numerus="yes">
        <source>%n file(s), about {size}</source>
        <translation>
            <numerusform>%Ln file, about {size}</numerusform>
            <numerusform>%Ln files, about {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) written to {folder}</source>
        <translation>
            <numerusform>%Ln file written to {folder}</numerusform>
            <numerusform>%Ln files written to {folder}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Sources</name>
    <message numerus="yes">
        <source>%n file(s) in this folder are not used</source>
        <translation>
            <numerusform>%Ln file in this folder are not used</numerusform>
            <numerusform>%Ln files in this folder are not used</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UnusedDialog</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WorthALook</name>
    <message numerus="yes">
        <source>Named by no item: %n picture(s), such as {names}. They may be the missing ones under other names.</source>
        <translation>
            <numerusform>Named by no item: %Ln picture, such as {names}. They may be the missing ones under other names.</numerusform>
            <numerusform>Named by no item: %Ln pictures, such as {names}. They may be the missing ones under other names.</numerusform>
        </translation>
    </message>
</context>
</TS>
